// A lake for one writer at a time, in order: what an interrupted one left behind is finished, or
// cleared away, before the next begins. Readers need none of this.

import { holdLock } from '../engine/lock.ts';
import type { Disk } from './disk.ts';
import type { LakeLayout } from './layout.ts';
import { finishPublication } from './publish.ts';

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
