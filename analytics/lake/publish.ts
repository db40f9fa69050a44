// Replaces files so that a crash leaves each one as it was or as it is after: written whole under a
// draft's name beside its place, made durable, renamed (SPEC 2). Knows nothing of what is in them.

import { mkdir, open, rename, rm, rmdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ends a draft's name; no reader of the lake looks at such names. */
export const DRAFT_SUFFIX = '.draft';

export interface Publication {
  /** Where to write a file's next content; its folder is made. */
  draft(file: string): Promise<string>;
  /** Gives up a file's draft; the file goes, and its folder when that is empty then. */
  withdraw(file: string): Promise<void>;
  /** Makes every draft durable, then puts all in their places, in the order they were asked for. */
  publish(): Promise<void>;
  /** Takes back whatever has not been published. */
  discard(): Promise<void>;
}

export function openPublication(): Publication {
  const steps = new Map<string, 'replace' | 'remove'>();
  const madeFolders: string[] = [];
  return {
    async draft(file) {
      const made = await mkdir(dirname(file), { recursive: true });
      if (made !== undefined) madeFolders.push(made);
      steps.set(file, 'replace');
      return file + DRAFT_SUFFIX;
    },
    async withdraw(file) {
      await rm(file + DRAFT_SUFFIX, { force: true });
      steps.set(file, 'remove');
    },
    async publish() {
      for (const [file, step] of steps) if (step === 'replace') await sync(file + DRAFT_SUFFIX);
      for (const folder of madeFolders) await sync(dirname(folder));
      for (const [file, step] of steps) {
        if (step === 'replace') await rename(file + DRAFT_SUFFIX, file);
        else await unlink(file);
        await sync(dirname(file));
        if (step === 'remove') await removeIfEmpty(dirname(file));
      }
      steps.clear();
    },
    async discard() {
      for (const file of steps.keys()) {
        await rm(file + DRAFT_SUFFIX, { force: true });
        await removeIfEmpty(dirname(file));
      }
    },
  };
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
  });
}
