// A folder of this process's own for what it needs only while it works.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Scratch {
  readonly directory: string;
  /** Removes the folder and all in it. */
  close(): Promise<void>;
}

/** Below the given folder, which is made if need be. */
export async function openScratch(parent: string): Promise<Scratch> {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'scratch-'));
  return { directory, close: () => rm(directory, { recursive: true, force: true }) };
}
