// Rewrites the days that an ingest touches, and only those that come out different: each is one
// COPY into a draft beside the file it will replace.

import { access } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import { ifMissing } from '../ifMissing.ts';
import type { LakeLayout } from '../layout.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Workbench } from './workbench.ts';

/** What differs between sessions and transcripts. */
export interface DayTable {
  fileOf(layout: LakeLayout, day: string): string;
  /** The variable that names the files behind the table's view. */
  readonly filesVariable: string;
  /** The view of the days to look at. */
  readonly days: string;
  /** Temporary tables of a day that the macros stand on, each with the macro that fills it. */
  readonly prepared: Readonly<Record<string, string>>;
  /** Macro of a day: what arrives for it, and whether it changes. */
  readonly examined: string;
  /** Macro of a day: its rows when the ingest is done. */
  readonly after: string;
  /** The same, each of which arrives, for a day without a file, if that is simpler. */
  readonly ofNewDay?: string;
}

export const SESSIONS: DayTable = {
  fileOf: (layout, day) => layout.sessionsFile(day),
  filesVariable: 'session_files',
  days: 'session_day',
  prepared: {},
  examined: 'sessions_examined',
  after: 'sessions_after',
  ofNewDay: 'sessions_of_new_day',
};

export const TRANSCRIPTS: DayTable = {
  fileOf: (layout, day) => layout.transcriptsFile(day),
  filesVariable: 'transcript_files',
  days: 'transcript_day',
  prepared: { newest_message: 'newest_messages' },
  examined: 'transcripts_examined',
  after: 'transcripts_after',
};

/** Files that change, with the draft of what comes in their place, if anything does. */
export type ChangedFiles = ReadonlyMap<string, string | undefined>;

export interface DayChanges {
  readonly written: number;
  readonly unchanged: number;
  readonly files: ChangedFiles;
}

export async function rewriteDays(workbench: Workbench, table: DayTable): Promise<DayChanges> {
  const reader = await workbench.connection.runAndReadAll(
    `select day::varchar from ${table.days} order by 1`,
  );
  const days = reader.getRows().map(([day]) => String(day));
  const files = new Map<string, string | undefined>();
  let written = 0;
  let unchanged = 0;
  await inParallel(days, workbench.parallelism, async (day) => {
    const connection = await workbench.connections.connect();
    try {
      const file = table.fileOf(workbench.layout, day);
      const exists = await access(file).then(() => true, ifMissing(false));
      if (!exists && table.ofNewDay !== undefined) {
        const { draft, rows } = await write(workbench, connection, table.ofNewDay, day, file);
        written += rows;
        files.set(file, draft);
        return;
      }
      const fileList = exists ? `[${literal(file)}]` : '[]::varchar[]';
      await connection.run(`set variable ${table.filesVariable} = ${fileList}`);
      const counts = await examine(connection, table, day);
      written += counts.written;
      unchanged += counts.unchanged;
      if (!counts.isChanged) return;
      const { draft, rows } = await write(workbench, connection, table.after, day, file);
      if (rows === 0) workbench.publication.withdraw(file);
      files.set(file, rows > 0 ? draft : undefined);
    } finally {
      workbench.connections.release(connection);
    }
  });
  return { written, unchanged, files };
}

async function examine(connection: DuckDBConnection, table: DayTable, day: string) {
  for (const [name, macro] of Object.entries(table.prepared)) {
    await connection.run(`create or replace temp table ${name} as from ${macro}${ofDay(day)}`);
  }
  const reader = await connection.runAndReadAll(
    `select written, unchanged, is_changed from ${table.examined}${ofDay(day)}`,
  );
  const [written, unchanged, isChanged] = reader.getRows()[0] ?? [];
  return { written: Number(written), unchanged: Number(unchanged), isChanged: isChanged === true };
}

/** Drafts the macro's rows of the day. */
async function write(
  { publication }: Workbench,
  connection: DuckDBConnection,
  macro: string,
  day: string,
  file: string,
): Promise<{ draft: string; rows: number }> {
  const draft = await publication.draft(file);
  const { rowsChanged } = await connection.run(
    `copy (from ${macro}${ofDay(day)}) to ${literal(draft)}
    (${PARQUET_OPTIONS}, use_tmp_file false)`,
  );
  return { draft, rows: rowsChanged };
}

function ofDay(day: string): string {
  return `(${literal(day)}::date)`;
}

/** When one fails, those that have begun come to their end and no other begins. */
async function inParallel<Item>(
  items: readonly Item[],
  parallelism: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    try {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
    } finally {
      next = items.length;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: parallelism }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
