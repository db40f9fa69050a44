// A disk in memory that can lose its power: what was not synced may be gone, each operation by itself.
// A rename is atomic, as on every journalling file system; nothing else is promised.

import { dirname } from 'node:path';
import type { Disk } from '../../../analytics/lake/disk.ts';

interface File {
  text: string;
  isSynced: boolean;
}

type Entries = Map<string, File | 'folder'>;

interface Change {
  /** Syncing this folder makes the change last. */
  readonly folder: string;
  isSynced: boolean;
  readonly apply: (entries: Entries) => void;
}

export class PowerLoss extends Error {}

export interface ModelDisk extends Disk {
  /** Every file and folder with its text. */
  tree(): Record<string, string>;
  /** Operations so far. */
  readonly steps: number;
  /** The disk after the power came back; `survives` decides for each change that was not synced. */
  restart(survives: () => boolean, lossAt?: number): ModelDisk;
}

/** Throws {@link PowerLoss} at the operation of that number. Folders end in a slash; / is there. */
export function openModelDisk(start: Record<string, string>, lossAt = Infinity): ModelDisk {
  const before: Entries = new Map<string, File | 'folder'>(
    Object.entries(start).map(([path, text]) =>
      path.endsWith('/') ? [path.slice(0, -1), 'folder'] : [path, { text, isSynced: true }],
    ),
  );
  const now: Entries = new Map(before);
  const changes: Change[] = [];
  let steps = 0;

  const step = () => {
    if (++steps >= lossAt) throw new PowerLoss();
  };
  const change = (path: string, apply: Change['apply']) => {
    if (!isReachable(now, path)) throw new Error(`ENOENT: ${dirname(path)}`);
    changes.push({ folder: dirname(path), isSynced: false, apply });
    apply(now);
  };
  const isEmpty = (folder: string) => ![...now.keys()].some((path) => dirname(path) === folder);

  return {
    async readText(path) {
      const file = now.get(path);
      return file === 'folder' ? undefined : file?.text;
    },
    async writeText(path, text) {
      step();
      const file = { text, isSynced: false };
      change(path, (entries) => entries.set(path, file));
    },
    async rename(from, to) {
      step();
      if (!now.has(from)) return false;
      change(to, (entries) => {
        const file = entries.get(from);
        if (file === undefined || !isReachable(entries, to)) return;
        entries.delete(from);
        entries.set(to, file);
      });
      return true;
    },
    async unlink(path) {
      step();
      if (!now.has(path)) return false;
      change(path, (entries) => entries.delete(path));
      return true;
    },
    async mkdir(folder) {
      step();
      if (now.has(folder)) return false;
      change(folder, (entries) => entries.set(folder, 'folder'));
      return true;
    },
    async rmdir(folder) {
      step();
      if (!now.has(folder) || !isEmpty(folder)) return false;
      change(folder, (entries) => entries.delete(folder));
      return true;
    },
    async sync(path) {
      step();
      const entry = now.get(path);
      if (entry === undefined) return false;
      if (entry !== 'folder') entry.isSynced = true;
      for (const each of changes) if (each.folder === path) each.isSynced = true;
      return true;
    },
    async clear(folder) {
      step();
      for (const path of [...now.keys()].toReversed()) {
        if (path === folder || path.startsWith(`${folder}/`)) {
          change(path, (entries) => entries.delete(path));
        }
      }
    },
    tree() {
      return Object.fromEntries(
        [...now]
          .map(([path, file]) => (file === 'folder' ? [`${path}/`, ''] : [path, file.text]))
          .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      );
    },
    get steps() {
      return steps;
    },
    restart(survives, nextLossAt) {
      const left: Entries = new Map(before);
      for (const each of changes) if (each.isSynced || survives()) each.apply(left);
      const texts = [...left]
        .filter(([path]) => isReachable(left, path))
        .map(([path, file]) => {
          if (file === 'folder') return [`${path}/`, ''];
          return [path, file.isSynced || survives() ? file.text : ''];
        });
      return openModelDisk(Object.fromEntries(texts), nextLossAt);
    },
  };
}

function isReachable(entries: Entries, path: string): boolean {
  const folder = dirname(path);
  return folder === '/' || (entries.get(folder) === 'folder' && isReachable(entries, folder));
}
