// The folder that rendered segments lie in from being written until they have been sent. One per
// process, so that nothing of it survives unnoticed.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Spool {
  readonly directory: string;
  /** A path for a new file, unlike any other. */
  newPath(extension: string): string;
  remove(path: string): Promise<void>;
  /** Removes the folder and all in it. */
  close(): Promise<void>;
}

/** Opens a spool of this process's own below the given folder, which is made if need be. */
export async function openSpool(parent: string): Promise<Spool> {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'ai-sessions-spool-'));
  let files = 0;
  return {
    directory,
    newPath: (extension) => join(directory, `${(files += 1)}.${extension}`),
    remove: (path) => rm(path, { force: true }),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
