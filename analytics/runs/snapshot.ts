// The files of a Run, held as they were when it was planned, whatever an ingest replaces meanwhile
// (SPEC 3.2): under names of their own in the spool, made of their versions. Reads no rows.

import { constants, copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandFailure } from '../failure.ts';
import { type FileVersion, fileVersion } from '../lake/days.ts';
import { dayOfFolder } from '../lake/layout.ts';

/** The lake moved on between a Run's plan and its start. */
export class DataChanged extends CommandFailure {}

export interface Snapshot {
  pathOf(file: FileVersion): string;
  release(): Promise<void>;
}

export interface Snapshots {
  /** Throws DataChanged when a file is no longer what was planned. */
  take(files: readonly FileVersion[]): Promise<Snapshot>;
}

/** Errors that say that this place has no hard links: the file is copied then. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/** A hard link costs nothing and holds the content; across file systems it takes a copy. */
async function hold(file: FileVersion, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  let held = target;
  try {
    await link(file.path, target);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw changed();
    if (code === 'EEXIST') return; // its name says that it is this very version
    if (!NO_LINKS.has(code)) throw error;
    await copyFile(file.path, target, constants.COPYFILE_FICLONE);
    held = file.path;
  }
  if ((await fileVersion(held))?.version !== file.version) {
    await rm(target, { force: true });
    throw changed();
  }
}

const changed = () => new DataChanged('Cannot run the report: the data changed; run it again');

export function openSnapshots(folder: string): Snapshots {
  const holders = new Map<string, { count: number; readonly ready: Promise<void> }>();

  function pathOf({ path, version }: FileVersion): string {
    const [, day, name] = /(day=[^/\\]+)[/\\]([^/\\]+)$/.exec(path) ?? [];
    return day === undefined || dayOfFolder(day) === undefined
      ? join(folder, `merges-${version}.parquet`)
      : join(folder, day, `${version}-${name}`);
  }

  async function letGo(path: string): Promise<void> {
    const holder = holders.get(path);
    if (holder === undefined || --holder.count > 0) return;
    holders.delete(path);
    await rm(path, { force: true });
  }

  return {
    async take(files) {
      const paths = files.map((file) => {
        const path = pathOf(file);
        const holder = holders.get(path);
        if (holder === undefined) holders.set(path, { count: 1, ready: hold(file, path) });
        else holder.count += 1;
        return path;
      });
      const release = async () => {
        for (const path of paths) await letGo(path);
      };
      const ready = await Promise.allSettled(paths.map((path) => holders.get(path)?.ready));
      const failure = ready.find((each) => each.status === 'rejected');
      if (failure !== undefined) {
        await release();
        throw failure.reason;
      }
      return { pathOf, release };
    },
  };
}
