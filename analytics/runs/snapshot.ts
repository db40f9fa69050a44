// The files of a Run, held as they were when it was planned, whatever an ingest replaces meanwhile
// (SPEC 3.2): under names of their own in the spool, made of their versions. Reads no rows.

import { constants, copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CommandFailure } from '../failure.ts';
import { type FileVersion, fileVersion } from '../lake/days.ts';
import { ifMissing } from '../lake/ifMissing.ts';

/** The lake moved on between a Run's plan and its start. */
export class DataChanged extends CommandFailure {}

export interface Snapshot {
  readonly pathOf: (file: FileVersion) => string;
  release(): Promise<void>;
}

export interface Snapshots {
  /** Throws DataChanged when a file is no longer what was planned. */
  take(files: readonly FileVersion[]): Promise<Snapshot>;
}

/** Errors that say that this place has no hard links: the file is copied then. */
const NO_LINKS = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK']);

/** Makes a hard link, or fails as `link` of node:fs does. */
export type Link = (path: string, target: string) => Promise<void>;

/** Says which of the two paths has the version of what is held. */
async function linkOrCopy(path: string, target: string, link: Link): Promise<string> {
  try {
    await link(path, target);
    return target;
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    return path; // replaced meanwhile, it is another version
  }
}

/** A hard link costs nothing and holds the content; across file systems it takes a copy. */
async function hold(file: FileVersion, target: string, link: Link): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const held = await linkOrCopy(file.path, target, link).catch(ifMissing(undefined));
  if (held !== undefined && (await fileVersion(held))?.version === file.version) return;
  await rm(target, { force: true });
  throw changed();
}

const changed = () => new DataChanged('Cannot run the report: the data changed; run it again');

const keyOf = ({ path, version }: FileVersion) => `${version} ${path}`;

interface Holder {
  readonly path: string;
  readonly ready: Promise<void>;
  count: number;
}

export function openSnapshots(folder: string, link: Link): Snapshots {
  const holders = new Map<string, Holder>();
  let made = 0;

  /** Each time another name: the one before may be on its way out. */
  function nameFor({ path }: FileVersion): string {
    made += 1;
    const [, day = '', name = basename(path)] = /(day=[^/\\]+)[/\\]([^/\\]+)$/.exec(path) ?? [];
    return join(folder, day, `${made}-${name}`);
  }

  function share(file: FileVersion): Holder {
    const known = holders.get(keyOf(file));
    if (known !== undefined) {
      known.count += 1;
      return known;
    }
    const path = nameFor(file);
    const holder = { path, ready: hold(file, path, link), count: 1 };
    holders.set(keyOf(file), holder);
    return holder;
  }

  async function letGo(file: FileVersion): Promise<void> {
    const holder = holders.get(keyOf(file));
    if (holder === undefined) return;
    holder.count -= 1;
    if (holder.count > 0) return;
    holders.delete(keyOf(file));
    await rm(holder.path, { force: true });
  }

  return {
    async take(files) {
      const taken = new Map(files.map((file) => [keyOf(file), file]));
      const mine = [...taken.values()].map(share);
      const paths = new Map([...taken.keys()].map((key, index) => [key, mine[index]?.path ?? '']));
      const release = async () => {
        for (const file of taken.values()) await letGo(file);
      };
      const ready = await Promise.allSettled(mine.map((holder) => holder.ready));
      const failure = ready.find((each) => each.status === 'rejected');
      if (failure !== undefined) {
        await release();
        throw failure.reason;
      }
      return { pathOf: (file) => paths.get(keyOf(file)) ?? file.path, release };
    },
  };
}
