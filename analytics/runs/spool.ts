// The folder that rendered segments lie in from being written until they have been sent. One per
// process, so that nothing of it survives unnoticed.

import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export interface Spool {
  readonly directory: string;
  /** A path for a new file, unlike any other. */
  newPath(extension: string): string;
  remove(path: string): Promise<void>;
  /** The organisation's own part: its engine can reach this folder, and no other's can. */
  of(organisation: string): Spool;
  /** Removes the folder and all in it. */
  close(): Promise<void>;
}

/** Opens a spool of this process's own below the given folder, which is made if need be. */
export async function openSpool(parent: string): Promise<Spool> {
  await mkdir(parent, { recursive: true });
  return spoolIn(await mkdtemp(join(parent, 'ai-sessions-spool-')));
}

function spoolIn(directory: string): Spool {
  return {
    directory,
    newPath: (extension) => join(directory, `${randomUUID()}.${extension}`),
    remove: (path) => rm(path, { force: true }),
    of: (organisation) => spoolIn(join(directory, organisation)),
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
