// A way to reports over generated lakes.

import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { Lake } from '../reference/records.ts';

export interface Way {
  /** Replaces the lake. */
  load(lake: Lake): Promise<void>;
  /** The whole file. */
  csv(run: ResolvedRun): Promise<string>;
  close(): Promise<void>;
}
