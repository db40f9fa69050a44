// A lake for one writer at a time, in order: what an interrupted one left behind is finished, or
// cleared away, before the next begins. Readers need none of this, but that they do not read half of
// what a dead one was about to publish.

import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BusyFailure, holdLock } from '../engine/lock.ts';
import type { Disk } from './disk.ts';
import type { LakeLayout } from './layout.ts';
import { finishPublication, isPublishing } from './publish.ts';

export interface HeldLake {
  /** True when a writer before had been interrupted while it published, and now its work is whole. */
  readonly isFinished: boolean;
}

/** Holds the lake while the work is done; `action` completes the sentence "Cannot …". */
export async function holdLake<Result>(
  layout: LakeLayout,
  disk: Disk,
  action: string,
  work: (lake: HeldLake) => Promise<Result>,
): Promise<Result> {
  const lock = await holdLock(layout.lockFile, action);
  try {
    const isFinished = await finishPublication(layout, disk);
    await disk.clear(layout.workDir);
    return await work({ isFinished });
  } finally {
    lock.release();
  }
}

/**
 * Before reading: carries through what a dead writer had begun to publish. A living one is left to it,
 * and so is everything by a reader that may not write.
 */
export async function finishInterrupted(layout: LakeLayout, disk: Disk): Promise<void> {
  if (!(await isPublishing(layout, disk)) || !(await isWritable(layout))) return;
  try {
    await holdLake(layout, disk, `finish what was begun in ${layout.organisation}`, async () => {});
  } catch (error) {
    if (!(error instanceof BusyFailure)) throw error;
  }
}

const NOT_TO_BE_WRITTEN = new Set(['EACCES', 'EPERM', 'EROFS']);

async function isWritable({ root, lockFile }: LakeLayout): Promise<boolean> {
  try {
    for (const folder of [root, dirname(lockFile)]) await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (NOT_TO_BE_WRITTEN.has((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
