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
export async function listDays(
  layout: LakeLayout,
  first: string,
  last: string,
  withTranscripts: boolean,
): Promise<Day[]> {
  const folders = await readdir(layout.sessionsDir).catch(ifMissing<string[]>([]));
  const names = folders
    .flatMap((folder) => dayOfFolder(folder) ?? [])
    .filter((day) => day >= first && day <= last);
  const days = await Promise.all(
    names.toSorted().map(async (day) => {
      const sessions = await fileVersion(layout.sessionsFile(day));
      const transcripts = withTranscripts
        ? await fileVersion(layout.transcriptsFile(day))
        : undefined;
      return sessions && { day, sessions, transcripts };
    }),
  );
  return days.filter((day) => day !== undefined);
}

/** Rows of each sessions file, from Parquet's own footers; asked of each version once. */
export function rowCounter(
  connections: ConnectionSource,
): (days: readonly Day[]) => Promise<number[]> {
  const known = new Map<string, number>();
  return async (days) => {
    const unknown = days.filter(({ sessions }) => !known.has(sessions.version));
    if (unknown.length > 0) {
      const reader = await execute(connections, {
        setup: '',
        sql: 'select file_name, num_rows from parquet_file_metadata($files::varchar[])',
        values: { files: listValue(unknown.map(({ sessions }) => sessions.path)) },
      });
      const counts = new Map(reader.getRows().map(([file, rows]) => [file, Number(rows)]));
      for (const { sessions } of unknown) {
        known.set(sessions.version, counts.get(sessions.path) ?? 0);
      }
    }
    return days.map(({ sessions }) => known.get(sessions.version) ?? 0);
  };
}
