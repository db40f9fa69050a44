// Reports by the quickest way: the very statements of a Run, over tables in memory instead of Parquet,
// the whole range at once, read as values. In a zone that no report may take notice of.

import { DuckDBInstance } from '@duckdb/node-api';
import { readDefinitions } from '../../analytics/engine/definitions.ts';
import {
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
} from '../../analytics/lake/parquet.ts';
import { reportCall } from '../../analytics/runs/segmentStatement.ts';
import { addDays } from '../../sql/contract/localDate.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { Instant, Lake } from '../reference/records.ts';
import type { Table } from '../reference/table.ts';
import { instantText } from './records.ts';

export interface Macros {
  /** Replaces the lake. */
  load(lake: Lake): Promise<void>;
  table(run: ResolvedRun): Promise<Table>;
  close(): void;
}

const TABLES = {
  sessions: { ...SESSION_COLUMNS, day: 'date' },
  transcripts: { ...TRANSCRIPT_COLUMNS, day: 'date' },
  customer_merges: MERGE_COLUMNS,
};

type Row = Readonly<Record<string, unknown>>;

export async function openMacros(): Promise<Macros> {
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
    async table(run) {
      if (loaded === undefined) throw new Error('Cannot make a report: load a lake first');
      const { query, values } = reportCall(...wholeRange(loaded, run));
      const reader = await connection.runAndReadAll(query, values);
      const rows = reader.getRows().map((row) => row.map((value) => String(value ?? '')));
      return { header: reader.columnNames(), rows };
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** A plan of one segment, as reportCall takes it; tables need no files. */
function wholeRange(lake: Lake, run: ResolvedRun): Parameters<typeof reportCall> {
  const newest = lake.sessions.map(({ createdAt }) => createdAt).toSorted(compareInstants).at(-1);
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
        compareInstants(one.createdAt, other.createdAt) || (one.sessionId < other.sessionId ? -1 : 1),
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
    const row = { session_id: session.sessionId, created_at: createdAt, day: createdAt.slice(0, 10) };
    return own.length === 0 ? [] : [{ ...row, messages: own.map(rowOf) }];
  });
}
