// The file operations that a publication stands on, so that a test can end the world between any two
// of them. What is missing is an answer here, not an error.

import { mkdir, open, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { ifMissing } from './ifMissing.ts';

export interface Disk {
  /** Undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  writeText(path: string, text: string): Promise<void>;
  /** False when there is nothing at `from`. */
  rename(from: string, to: string): Promise<boolean>;
  unlink(path: string): Promise<boolean>;
  /** False when the folder was there; its parent must be. */
  mkdir(folder: string): Promise<boolean>;
  /** Takes the folder away if it is empty. */
  rmdir(folder: string): Promise<boolean>;
  /** Makes a file's content, or a folder's entries, last; false when there is none. */
  sync(path: string): Promise<boolean>;
  /** Takes everything away that is there. */
  clear(folder: string): Promise<void>;
}

export const nodeDisk: Disk = {
  readText: (path) => readFile(path, 'utf8').catch(ifMissing(undefined)),
  writeText: (path, text) => writeFile(path, text),
  rename: (from, to) => rename(from, to).then(yes, ifMissing(false)),
  unlink: (path) => unlink(path).then(yes, ifMissing(false)),
  mkdir: (folder) => mkdir(folder).then(yes, unless('EEXIST')),
  rmdir: (folder) => rmdir(folder).then(yes, unless('ENOTEMPTY', 'ENOENT')),
  async sync(path) {
    const handle = await open(path, 'r').catch(ifMissing(undefined));
    if (handle === undefined) return false;
    try {
      await handle.sync();
      return true;
    } finally {
      await handle.close();
    }
  },
  clear: (folder) => rm(folder, { recursive: true, force: true }),
};

function yes(): true {
  return true;
}

function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => false {
  return (error) => {
    if (error.code !== undefined && codes.includes(error.code)) return false;
    throw error;
  };
}
