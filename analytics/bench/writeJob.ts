// What a child is told that writes a report's cells to a file in one go: the limit, or a peer.

import type { DateRange } from './shape.ts';

export interface WriteJob {
  readonly dataDir: string;
  readonly organisation: string;
  readonly range: DateRange;
  /** The file to write. */
  readonly output: string;
}

/** What is done before anything is measured. */
export function lastDayOf(job: WriteJob): WriteJob {
  return { ...job, range: { from: job.range.to, to: job.range.to } };
}
