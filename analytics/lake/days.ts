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

/** Figures of files, in their order; 0 where there is none. */
export type FileFigures = (files: readonly (FileVersion | undefined)[]) => Promise<number[]>;

/** What the SQL says of each file, from Parquet's own footers; asked of each version once. */
function figureReader(connections: ConnectionSource, sql: string): FileFigures {
  const known = new Map<string, number>();
  return async (files) => {
    const unknown = files
      .filter((file) => file !== undefined)
      .filter(({ version }) => !known.has(version));
    if (unknown.length > 0) {
      const values = { files: listValue(unknown.map(({ path }) => path)) };
      const reader = await execute(connections, { setup: '', sql, values });
      const figures = new Map(reader.getRows().map(([path, figure]) => [path, Number(figure)]));
      for (const { path, version } of unknown) known.set(version, figures.get(path) ?? 0);
    }
    return files.map((file) => known.get(file?.version ?? '') ?? 0);
  };
}

export const rowCounter = (connections: ConnectionSource): FileFigures =>
  figureReader(
    connections,
    'select file_name, num_rows from parquet_file_metadata($files::varchar[])',
  );

/** Bytes before compression. */
export const byteCounter = (connections: ConnectionSource): FileFigures =>
  figureReader(
    connections,
    `select file_name, sum(total_uncompressed_size)
    from parquet_metadata($files::varchar[])
    group by file_name`,
  );
