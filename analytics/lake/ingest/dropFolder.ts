// A folder that some other program delivers files to. Tells which of them are there as a whole, and
// moves them out of the way when they are done. Reads names and sizes, never a file.

import { access, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../ifMissing.ts';

/** A file that has not changed for so long is taken for whole. */
const SETTLED_MS = 2000;

export interface DropFolder {
  /** Names of the files that are whole, oldest first. */
  settled(nowMs: number): Promise<string[]>;
  /** Moves a file into a folder beside it; where it is then. */
  moveTo(place: 'done' | 'failed', name: string): Promise<string>;
}

interface Seen {
  readonly size: number;
  readonly changedMs: number;
  readonly sinceMs: number;
}

/** Left alone are folders, names that `isWanted` does not want, and those that begin with . or _. */
export function openDropFolder(folder: string, isWanted: (name: string) => boolean): DropFolder {
  let seen = new Map<string, Seen>();
  return {
    async settled(nowMs) {
      const now = new Map<string, Seen>();
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (!entry.isFile() || /^[._]/.test(entry.name) || !isWanted(entry.name)) continue;
        const found = await stat(join(folder, entry.name)).catch(ifMissing(undefined));
        if (found === undefined) continue;
        const before = seen.get(entry.name);
        const isSame = before?.size === found.size && before.changedMs === found.mtimeMs;
        const sinceMs = before !== undefined && isSame ? before.sinceMs : nowMs;
        now.set(entry.name, { size: found.size, changedMs: found.mtimeMs, sinceMs });
      }
      seen = now;
      return [...now]
        .filter(([, { sinceMs }]) => nowMs - sinceMs >= SETTLED_MS)
        .toSorted(([a, one], [b, other]) => one.changedMs - other.changedMs || (a < b ? -1 : 1))
        .map(([name]) => name);
    },
    async moveTo(place, name) {
      await mkdir(join(folder, place), { recursive: true });
      const free = await freeName(join(folder, place), name);
      await rename(join(folder, name), join(folder, place, free));
      seen.delete(name);
      return join(folder, place, free);
    },
  };
}

/** The name, or with a number before its endings: a job may deliver the same name every hour. */
async function freeName(folder: string, name: string): Promise<string> {
  const [, stem = name, endings = ''] = /^([^.]*)(.*)$/.exec(name) ?? [];
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${stem}-${number}${endings}`;
    const isTaken = await access(join(folder, candidate)).then(() => true, ifMissing(false));
    if (!isTaken) return candidate;
  }
}
