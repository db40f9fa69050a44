// Rewrites the days that an ingest touches, and only those that come out different: each is one
// COPY into a draft beside the file it will replace.

import { access } from 'node:fs/promises';
import { literal } from '../../engine/open.ts';
import { execute } from '../../engine/statement.ts';
import { ifMissing } from '../ifMissing.ts';
import type { LakeLayout } from '../layout.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Publication } from '../publish.ts';
import type { Workbench } from './workbench.ts';

/** What differs between sessions and transcripts. */
export interface DayTable {
  fileOf(layout: LakeLayout, day: string): string;
  /** The variable that names the files behind the table's view. */
  readonly filesVariable: string;
  /** The view of the days to look at. */
  readonly days: string;
  /** Macro of a day: what arrives for it, and whether it changes. */
  readonly examined: string;
  /** Macro of a day: its rows when the ingest is done. */
  readonly after: string;
}

export const SESSIONS: DayTable = {
  fileOf: (layout, day) => layout.sessionsFile(day),
  filesVariable: 'session_files',
  days: 'session_day',
  examined: 'sessions_examined',
  after: 'sessions_after',
};

export const TRANSCRIPTS: DayTable = {
  fileOf: (layout, day) => layout.transcriptsFile(day),
  filesVariable: 'transcript_files',
  days: 'transcript_day',
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

export async function rewriteDays(
  { layout, connection, connections, parallelism }: Workbench,
  table: DayTable,
  publication: Publication,
): Promise<DayChanges> {
  const reader = await connection.runAndReadAll(
    `select day::varchar from ${table.days} order by 1`,
  );
  const days = reader.getRows().map(([day]) => String(day));
  const files = new Map<string, string | undefined>();
  let written = 0;
  let unchanged = 0;
  await inParallel(days, parallelism, async (day) => {
    const file = table.fileOf(layout, day);
    const setup = `set variable ${table.filesVariable} = ${await listOfExisting(file)}`;
    const ofDay = `(${literal(day)}::date)`;
    const examined = await execute(connections, {
      setup,
      sql: `select written, unchanged, is_changed from ${table.examined}${ofDay}`,
      values: {},
    });
    const [counts = []] = examined.getRows();
    written += Number(counts[0]);
    unchanged += Number(counts[1]);
    if (counts[2] !== true) return;
    const draft = await publication.draft(file);
    const copied = await execute(connections, {
      setup,
      sql: `copy (from ${table.after}${ofDay}) to ${literal(draft)}
        (${PARQUET_OPTIONS}, use_tmp_file false)`,
      values: {},
    });
    if (copied.rowsChanged > 0) {
      files.set(file, draft);
    } else {
      files.set(file, undefined);
      await publication.withdraw(file);
    }
  });
  return { written, unchanged, files };
}

async function listOfExisting(file: string): Promise<string> {
  const exists = await access(file).then(() => true, ifMissing(false));
  return exists ? `[${literal(file)}]` : '[]::varchar[]';
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
