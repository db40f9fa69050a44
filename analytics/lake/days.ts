// The day files of a lake as they are at one moment: which exist, their versions, their row counts.
// Opens no file for its rows.

import { readdir, stat } from 'node:fs/promises';
import { listValue } from '@duckdb/node-api';
import type { ConnectionSource } from '../engine/pool.ts';
import { execute } from '../engine/statement.ts';
import { ifMissing } from './ifMissing.ts';
import { dayOfFolder, type LakeLayout } from './layout.ts';

/** One file at one moment. A day file is never edited, only replaced, so its version tells. */
export interface FileVersion {
  readonly path: string;
  readonly version: string;
}

export interface Day {
  /** UTC day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly sessions: FileVersion;
  readonly transcripts: FileVersion | undefined;
}

/** The file's identity, size and time of change; undefined when there is no such file. */
export async function fileVersion(path: string): Promise<FileVersion | undefined> {
  const found = await stat(path, { bigint: true }).catch(ifMissing(undefined));
  return found && { path, version: `${found.ino}-${found.size}-${found.mtimeNs}` };
}

/** Days with sessions between two UTC days, both included, in order. */
export async function listDays(layout: LakeLayout, first: string, last: string): Promise<Day[]> {
  const folders = await readdir(layout.sessionsDir).catch(ifMissing<string[]>([]));
  const names = folders
    .flatMap((folder) => dayOfFolder(folder) ?? [])
    .filter((day) => day >= first && day <= last);
  const days = await Promise.all(
    names.toSorted().map(async (day) => {
      const sessions = await fileVersion(layout.sessionsFile(day));
      const transcripts = await fileVersion(layout.transcriptsFile(day));
      return sessions && { day, sessions, transcripts };
    }),
  );
  return days.filter((day) => day !== undefined);
}

/** Rows of each sessions file, from Parquet's own footers, in the order of the days. */
export async function countRows(
  connections: ConnectionSource,
  days: readonly Day[],
): Promise<number[]> {
  if (days.length === 0) return [];
  const reader = await execute(connections, {
    setup: '',
    sql: 'select file_name, num_rows from parquet_file_metadata($files::varchar[])',
    values: { files: listValue(days.map((day) => day.sessions.path)) },
  });
  const counts = new Map(reader.getRows().map(([file, rows]) => [file, Number(rows)]));
  return days.map((day) => counts.get(day.sessions.path) ?? 0);
}
