// What Runs may take of the machine, with the defaults: one table, which the command line reads and
// analytics/README.md documents.

import type { AdmissionLimits } from './admission.ts';
import type { SpoolLimits } from './spool.ts';

export interface RunLimits extends AdmissionLimits, Omit<SpoolLimits, 'now'> {
  /** Of the whole service: each takes a thread. */
  readonly statementsAtOnce: number;
  readonly maxRunMs: number;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

export const DEFAULT_LIMITS: RunLimits = {
  statementsAtOnce: 2,
  runsAtOnce: 8,
  runsPerOrganisation: 4,
  queueLength: 100,
  queueWaitMs: 30 * SECOND,
  maxRunMs: HOUR / 2,
  maxBytes: 20e9,
  maxAgeMs: 24 * HOUR,
};
