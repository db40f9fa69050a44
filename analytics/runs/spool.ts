// Finished parts of Runs on disk, each under a name that says what it is: its id, its rows, its bytes,
// its format. A hard limit on their bytes and a time to live; the least recently used goes first, and
// none that is held. Knows nothing of what is in them.

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../../sql/contract/problem.ts';
import { ifMissing } from '../lake/ifMissing.ts';

export interface SpoolLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly now: () => Date;
}

/** A part that stays on disk until it is released. */
export interface HeldPart {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** The same part, held once more. */
  again(): HeldPart;
  release(): void;
  /** Releases it, and removes it unless someone else holds it. */
  remove(): Promise<void>;
}

export interface Spool {
  /** Below it each organisation has a folder of its own, which its engine reaches and no other. */
  readonly directory: string;
  folderOf(organisation: string): string;
  /** Of finished parts. */
  usedBytes(): number;
  /** A path for a file that is being written. */
  draft(organisation: string): Promise<string>;
  discard(draft: string): Promise<void>;
  /** Takes in a draft, or has the part already. Without room for it the problem is `spool-full`. */
  add(draft: string, part: PartName, rows: number): Promise<HeldPart>;
  hold(part: PartName): HeldPart | undefined;
  /** Removes all that there is of an organisation but some parts, held or not. */
  clear(organisation: string, kept: readonly PartName[]): Promise<void>;
  /** Removes what has not been used for too long, and notes on disk when the rest was. */
  sweep(): Promise<void>;
}

export interface PartName {
  readonly organisation: string;
  readonly id: string;
  readonly extension: string;
}

/** In the spool's folder: the part that is the service's, and the lock that says that it has it. */
export const SERVICE_SPOOL = 'service';
export const SPOOL_LOCK = 'service.lock';

const DRAFT_SUFFIX = '.draft';
const PARTS_FOLDER = 'parts';
const PART_FILE = /^([0-9a-f]+)\.(\d+)\.(\d+)\.([a-z.]+)$/;

interface Entry {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  usedAt: number;
  /** The same as the file's own time says it, to a later process. */
  savedAt: number;
  holders: number;
}

const keyOf = ({ organisation, id, extension }: PartName) => `${organisation}/${id}.${extension}`;

/** Opens a spool with what an earlier process left in it. */
export async function openSpool(directory: string, limits: SpoolLimits): Promise<Spool> {
  await mkdir(directory, { recursive: true });
  const entries = new Map<string, Entry>();
  let total = 0;

  const folderOf = (organisation: string) => join(directory, organisation);
  const partsOf = (organisation: string) => join(folderOf(organisation), PARTS_FOLDER);

  async function evict(key: string, entry: Entry): Promise<void> {
    entries.delete(key);
    total -= entry.bytes;
    await rm(entry.path, { force: true });
  }

  /** False when everything that is left is held. */
  async function makeRoom(): Promise<boolean> {
    while (total > limits.maxBytes) {
      const [oldest] = [...entries]
        .filter(([, { holders }]) => holders === 0)
        .toSorted(([, one], [, other]) => one.usedAt - other.usedAt);
      if (oldest === undefined) return false;
      await evict(...oldest);
    }
    return true;
  }

  function held(key: string, entry: Entry): HeldPart {
    entry.holders += 1;
    entry.usedAt = limits.now().getTime();
    let isHeld = true;
    const release = () => {
      if (isHeld) entry.holders -= 1;
      isHeld = false;
    };
    return {
      path: entry.path,
      rows: entry.rows,
      bytes: entry.bytes,
      again: () => held(key, entry),
      release,
      async remove() {
        release();
        if (entry.holders === 0 && entries.get(key) === entry) await evict(key, entry);
      },
    };
  }

  async function saveUse(entry: Entry): Promise<void> {
    if (entry.savedAt === entry.usedAt) return;
    entry.savedAt = entry.usedAt;
    const time = new Date(entry.usedAt);
    await utimes(entry.path, time, time).catch(ifMissing(undefined)); // made room meanwhile
  }

  async function takeStock(organisation: string): Promise<void> {
    const parts = await readdir(partsOf(organisation)).catch(ifMissing<string[]>([]));
    for (const name of parts) {
      const path = join(partsOf(organisation), name);
      const [, id = '', rows = '', bytes = '', extension = ''] = PART_FILE.exec(name) ?? [];
      const { size, mtimeMs } = await stat(path);
      if (size !== Number(bytes) || id === '') {
        await rm(path, { force: true }); // a draft whose process is gone, or cut short by a power loss
        continue;
      }
      const entry = {
        path,
        rows: Number(rows),
        bytes: size,
        usedAt: mtimeMs,
        savedAt: mtimeMs,
        holders: 0,
      };
      entries.set(keyOf({ organisation, id, extension }), entry);
      total += size;
    }
  }

  for (const organisation of await readdir(directory)) await takeStock(organisation);
  await makeRoom();

  return {
    directory,
    folderOf,
    usedBytes: () => total,
    async draft(organisation) {
      await mkdir(partsOf(organisation), { recursive: true });
      return join(partsOf(organisation), randomUUID() + DRAFT_SUFFIX);
    },
    discard: (draft) => rm(draft, { force: true }),
    async add(draft, part, rows) {
      const { size: bytes } = await stat(draft);
      total += bytes;
      if (!(await makeRoom())) {
        total -= bytes;
        throw new ProblemError({ kind: 'spool-full' });
      }
      const { organisation, id, extension } = part;
      const path = join(partsOf(organisation), `${id}.${rows}.${bytes}.${extension}`);
      try {
        await rename(draft, path);
      } catch (error) {
        total -= bytes;
        throw error;
      }
      const key = keyOf(part);
      const known = entries.get(key);
      if (known !== undefined) {
        total -= bytes;
        if (known.path !== path) await rm(path, { force: true });
        return held(key, known);
      }
      const entry = { path, rows, bytes, usedAt: 0, savedAt: 0, holders: 0 };
      entries.set(key, entry);
      return held(key, entry);
    },
    hold(part) {
      const entry = entries.get(keyOf(part));
      return entry && held(keyOf(part), entry);
    },
    async clear(organisation, kept) {
      const keptKeys = new Set(kept.map(keyOf));
      for (const [key, entry] of entries) {
        if (!key.startsWith(`${organisation}/`) || keptKeys.has(key)) continue;
        await evict(key, entry);
      }
    },
    async sweep() {
      const before = limits.now().getTime() - limits.maxAgeMs;
      for (const [key, entry] of entries) {
        if (entry.holders === 0 && entry.usedAt < before) await evict(key, entry);
        else await saveUse(entry);
      }
    },
  };
}
