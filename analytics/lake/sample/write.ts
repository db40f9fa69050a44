// Runs the SQL beside it, several batches of days at once, into a lake's Parquet files. What a
// session is like is the SQL's business alone.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { addDays } from '../../../sql/contract/localDate.ts';
import { literal, openEngine } from '../../engine/open.ts';
import type { LakeLayout } from '../layout.ts';
import { MERGE_COLUMNS, SESSION_COLUMNS, TRANSCRIPT_COLUMNS } from '../parquet.ts';
import { startOf, writeRows, writeRowsByDay } from './files.ts';

const DEFINITIONS = ['draws', 'texts', 'hours', 'traits', 'sessions', 'transcripts', 'merges'];
const MEMORY_LIMIT = '1GB';
const MAX_TEMP_DIRECTORY_SIZE = '20GB';
/** Each works on one thread, and Node's own pool has 4. */
const MAX_WRITERS = 4;
/** Days are made together up to so many sessions: planning the SQL takes as long as 3,000 do. */
const BATCH_SESSIONS = 10_000;

export interface SampleShape {
  readonly sessions: number;
  readonly days: number;
  readonly seed: number;
  readonly transcripts: boolean;
  /** The last UTC day, as YYYY-MM-DD. */
  readonly until: string;
  /** Told how many sessions are written so far. */
  readonly onProgress?: (sessions: number) => void;
  readonly signal?: AbortSignal;
}

export interface SampleCounts {
  readonly sessions: number;
  readonly transcripts: number;
}

/** A row of the SQL's calendar. */
interface Day {
  readonly day: string;
  readonly sessions: number;
}

/** The instant before which every session has begun, RFC 3339. */
export function dataThrough({ until }: SampleShape): string {
  return startOf(addDays(until, 1));
}

/** Writes all Parquet files of a sample into the layout's folder. */
export async function writeSample(
  layout: LakeLayout,
  shape: SampleShape,
  tempDirectory: string,
): Promise<SampleCounts> {
  const instance = await openEngine({
    directories: [layout.root],
    threads: 1,
    memoryLimit: MEMORY_LIMIT,
    tempDirectory,
    maxTempDirectorySize: MAX_TEMP_DIRECTORY_SIZE,
  });
  try {
    const days = await withConnection(instance, shape, async (connection) => {
      for (const name of DEFINITIONS) {
        await connection.run(await readFile(new URL(`${name}.sql`, import.meta.url), 'utf8'));
      }
      const merges = { relation: 'sample_merges', columns: MERGE_COLUMNS };
      await writeRows(connection, merges, layout.mergesFile);
      return await daysOf(connection);
    });
    return await writeBatches(instance, layout, shape, batches(days));
  } finally {
    instance.closeSync();
  }
}

/** Variables belong to a connection; what the SQL defines belongs to the instance. */
async function withConnection<Result>(
  instance: DuckDBInstance,
  shape: SampleShape,
  work: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const connection = await instance.connect();
  try {
    await connection.run(`
      set variable seed = ${shape.seed};
      set variable sessions = ${shape.sessions};
      set variable days = ${shape.days};
      set variable until = date ${literal(shape.until)};
      set variable data_through = timestamptz ${literal(dataThrough(shape))};
    `);
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

async function daysOf(connection: DuckDBConnection): Promise<Day[]> {
  const reader = await connection.runAndReadAll(`
    select day::varchar as day, sum(end_number - first_number)::double as sessions
    from sample_hours
    group by all
    having sessions > 0
    order by day
  `);
  return reader.getRowObjectsJS() as unknown as Day[];
}

/** Days in a row. A generator, so that a writer that fails ends it for the others too. */
function* batches(days: readonly Day[]): Generator<[from: string, to: string]> {
  let from: string | undefined;
  let sessions = 0;
  for (const [index, each] of days.entries()) {
    from ??= each.day;
    sessions += each.sessions;
    const next = days[index + 1];
    if (next === undefined || sessions + next.sessions > BATCH_SESSIONS) {
      yield [from, each.day];
      from = undefined;
      sessions = 0;
    }
  }
}

async function writeBatches(
  instance: DuckDBInstance,
  layout: LakeLayout,
  shape: SampleShape,
  queue: Generator<[from: string, to: string]>,
): Promise<SampleCounts> {
  const counts = { sessions: 0, transcripts: 0 };
  const write = async (connection: DuckDBConnection) => {
    for (const [from, to] of queue) {
      shape.signal?.throwIfAborted();
      const range = `(date ${literal(from)}, date ${literal(to)})`;
      const sessions = { relation: `sample_sessions${range}`, columns: SESSION_COLUMNS };
      const written = await writeRowsByDay(connection, sessions, (day) => layout.sessionsFile(day));
      counts.sessions += written;
      if (shape.transcripts) {
        const transcripts = { relation: `sample_transcripts${range}`, columns: TRANSCRIPT_COLUMNS };
        const writtenToo = await writeRowsByDay(connection, transcripts, (day) =>
          layout.transcriptsFile(day),
        );
        counts.transcripts += writtenToo;
      }
      shape.onProgress?.(counts.sessions);
    }
  };
  const writers = Math.min(MAX_WRITERS, availableParallelism());
  // All of them end before a failure is told: until then they write files.
  const ends = await Promise.allSettled(
    Array.from({ length: writers }, () => withConnection(instance, shape, write)),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return counts;
}
