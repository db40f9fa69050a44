// What a child is told that writes a report's cells to a file in one go: the limit, or a peer.

import type { DateRange } from './shape.ts';

export interface WriteJob {
  readonly dataDir: string;
  readonly organisation: string;
  readonly range: DateRange;
  /** The file to write. */
  readonly output: string;
}
