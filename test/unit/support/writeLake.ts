// A lake made of plain records, for tests: SPEC 7's JSON in, SPEC 2's Parquet out. Checks and derives
// nothing, as ingest would; only a field that SPEC does not name is refused.

import { mkdir, writeFile } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type LakeLayout, lakeLayout } from '../../../analytics/lake/layout.ts';
import {
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
} from '../../../analytics/lake/parquet.ts';
import { writeRows, writeRowsByDay } from '../../../analytics/lake/sample/files.ts';

/** A record as SPEC 7 writes it, like `{"sessionId":"a1","createdAt":"2026-07-01T09:15:22Z"}`. */
export type LakeRecord = Readonly<Record<string, unknown>>;

export interface LakeContents {
  readonly dataDir: string;
  readonly organisation: string;
  readonly sessions: readonly LakeRecord[];
  readonly messages?: readonly LakeRecord[];
  readonly merges?: readonly LakeRecord[];
  /** org.json; none when left out. */
  readonly settings?: LakeRecord | undefined;
  /** lake.json; none when left out. */
  readonly state?: LakeRecord | undefined;
}

const MESSAGE_COLUMNS = {
  session_id: 'varchar',
  message_id: 'varchar',
  sent_at: 'timestamptz',
  author: 'varchar',
  text: 'varchar',
};

export async function writeLake(contents: LakeContents): Promise<LakeLayout> {
  const layout = lakeLayout(contents.dataDir, contents.organisation);
  await mkdir(layout.root, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await load(connection, 'sessions', SESSION_COLUMNS, contents.sessions);
    await load(connection, 'messages', MESSAGE_COLUMNS, contents.messages ?? []);
    await load(connection, 'merges', MERGE_COLUMNS, contents.merges ?? []);
    await connection.run(`
      create view transcripts as
      select
        s.session_id,
        s.created_at,
        list(
          {message_id: m.message_id, sent_at: m.sent_at, author: m.author, "text": m.text}
          order by m.sent_at, m.message_id
        ) as messages
      from sessions as s
      inner join messages as m on m.session_id = s.session_id
      group by all
    `);
    const sessions = { relation: 'sessions', columns: SESSION_COLUMNS };
    await writeRowsByDay(connection, sessions, (day) => layout.sessionsFile(day));
    const transcripts = { relation: 'transcripts', columns: TRANSCRIPT_COLUMNS };
    await writeRowsByDay(connection, transcripts, (day) => layout.transcriptsFile(day));
    if (contents.merges?.length) {
      await writeRows(
        connection,
        { relation: 'merges', columns: MERGE_COLUMNS },
        layout.mergesFile,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await writeJson(layout.settingsFile, contents.settings);
  await writeJson(layout.stateFile, contents.state);
  return layout;
}

async function load(
  connection: DuckDBConnection,
  table: string,
  columns: Readonly<Record<string, string>>,
  records: readonly LakeRecord[],
): Promise<void> {
  const rows = records.map((record) => rowOf(record, Object.keys(columns)));
  await connection.run(
    `create table ${table} as
     select record.*
     from (select unnest(from_json_strict($rows::json, $structure::json)) as record)`,
    { rows: JSON.stringify(rows), structure: JSON.stringify([columns]) },
  );
}

function rowOf(record: LakeRecord, columns: readonly string[]): LakeRecord {
  const fields = new Map(columns.map((column) => [fieldOf(column), column]));
  const unknown = Object.keys(record).filter((field) => !fields.has(field));
  if (unknown.length > 0)
    throw new Error(`Cannot write a record: no field "${unknown.join('", "')}"`);
  return Object.fromEntries([...fields].map(([field, column]) => [column, record[field] ?? null]));
}

/** `session_id` is `sessionId` in SPEC 7. */
function fieldOf(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

async function writeJson(file: string, value: LakeRecord | undefined): Promise<void> {
  if (value !== undefined) await writeFile(file, JSON.stringify(value));
}
