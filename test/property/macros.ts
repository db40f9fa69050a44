// Reports by the quickest way: the macros as a Run calls them, but over tables in memory instead of
// Parquet, the whole range at once. In a zone that no report may take notice of.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { readDefinitions } from '../../analytics/engine/definitions.ts';
import { literal } from '../../analytics/engine/open.ts';
import {
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
} from '../../analytics/lake/parquet.ts';
import { reportCall } from '../../analytics/runs/segmentStatement.ts';
import { addDays } from '../../sql/contract/localDate.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { Instant, Lake } from '../reference/records.ts';
import { instantText } from './records.ts';
import type { Way } from './way.ts';

const TABLES = {
  sessions: { ...SESSION_COLUMNS, day: 'date' },
  transcripts: { ...TRANSCRIPT_COLUMNS, day: 'date' },
  customer_merges: MERGE_COLUMNS,
};

type Row = Readonly<Record<string, unknown>>;

export async function openMacros(): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const file = join(folder, 'report.csv');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(`set TimeZone = 'America/Havana'; ${await readDefinitions()}`);
  for (const [table, columns] of Object.entries(TABLES)) {
    const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    await connection.run(`drop view ${table}; create table ${table} (${list.join(', ')})`);
  }

  async function fill(table: keyof typeof TABLES, rows: readonly Row[]): Promise<void> {
    await connection.run(`truncate ${table}`);
    await connection.run(
      `insert into ${table} by name
       select record.* from (select unnest(from_json_strict($rows::json, $structure::json)) as record)`,
      { rows: JSON.stringify(rows), structure: JSON.stringify([TABLES[table]]) },
    );
  }

  let loaded: Lake | undefined;

  return {
    async load(lake) {
      loaded = lake;
      const sessions = sessionRows(lake);
      await fill('sessions', sessions);
      await fill('transcripts', transcriptRows(lake));
      await fill('customer_merges', lake.merges.map(rowOf));
    },
    async csv(run) {
      if (loaded === undefined) throw new Error('Cannot make a report: load a lake first');
      const { excel } = run.parameters;
      const newLine = excel ? String.raw`, new_line '\r\n'` : '';
      await connection.run(
        `copy (${queryOf(loaded, run)}) to ${literal(file)} (header, nullstr ''${newLine})`,
      );
      return (excel ? '\ufeff' : '') + (await readFile(file, 'utf8'));
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true });
    },
  };
}

/** With every value spelled out: a statement with parameters would be bound twice. */
function queryOf(lake: Lake, run: ResolvedRun): string {
  const { query, values } = reportCall(...wholeRange(lake, run));
  return query.replaceAll(/\$(\w+)/g, (_, name: string) => valueLiteral(values[name] ?? null));
}

function valueLiteral(value: DuckDBValue): string {
  if (value instanceof DuckDBListValue) return `[${value.items.map(valueLiteral).join(', ')}]`;
  if (value === null) return 'null';
  return `(${literal(String(value)).replaceAll('\0', "' || chr(0) || '")})`; // SQL text holds no NUL
}

/** A plan of one segment, as reportCall takes it; tables need no files. */
function wholeRange(lake: Lake, run: ResolvedRun): Parameters<typeof reportCall> {
  const newest = lake.sessions
    .map(({ createdAt }) => createdAt)
    .toSorted(compareInstants)
    .at(-1);
  const dataThrough = lake.dataThrough ?? newest;
  const segment = {
    firstDay: addDays(run.parameters.from, -1),
    lastDay: addDays(run.parameters.to, 1),
    rows: lake.sessions.length,
    sessionFiles: [],
    transcriptFiles: [],
    mergeFiles: [],
  };
  const plan = {
    run,
    dataThrough: dataThrough === undefined ? undefined : instantText(dataThrough),
    conversationLink: lake.settings.conversationLink,
    segments: [segment],
  };
  return [plan, segment];
}

function compareInstants(one: Instant, other: Instant): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** `sessionId` is `session_id` in SQL. */
function rowOf(record: object): Row {
  const entries = Object.entries(record).map(([field, value]) => [
    field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === 'bigint' ? instantText(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** In the order of a lake's files. */
function sessionRows({ sessions }: Lake): Row[] {
  return sessions
    .toSorted(
      (one, other) =>
        compareInstants(one.createdAt, other.createdAt) ||
        (one.sessionId < other.sessionId ? -1 : 1),
    )
    .map((session) => ({ ...rowOf(session), day: instantText(session.createdAt).slice(0, 10) }));
}

function transcriptRows({ sessions, messages }: Lake): Row[] {
  return sessions.flatMap((session) => {
    const own = messages
      .filter(({ sessionId }) => sessionId === session.sessionId)
      .toSorted(
        (one, other) =>
          // unknown times last
          Number(one.sentAt === null) - Number(other.sentAt === null) ||
          compareInstants(one.sentAt ?? 0n, other.sentAt ?? 0n) ||
          (one.messageId < other.messageId ? -1 : 1),
      );
    const createdAt = instantText(session.createdAt);
    const row = {
      session_id: session.sessionId,
      created_at: createdAt,
      day: createdAt.slice(0, 10),
    };
    return own.length === 0 ? [] : [{ ...row, messages: own.map(rowOf) }];
  });
}
