// How many lakes a property is tried on: in the suite always the same ones; in a longer run, begun with
// PROPERTY_RUNS, ever new ones. A failure prints its seed and path, to be given back as
// PROPERTY_SEED and PROPERTY_PATH.

import type { Parameters } from 'fast-check';

const SEED_IN_SUITE = 20_260_701;

/** Before the test itself times out, so that a failure is told while it is still being made smaller. */
const TIME_LIMIT_IN_SUITE_MS = 110_000;

/** Properties of different variants are tried on different lakes. */
export function rounds<Values>(inSuite: number, variant = 0): Parameters<Values> {
  const { PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_PATH } = process.env;
  const repeated = {
    ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH !== undefined && { path: PROPERTY_PATH }),
  };
  if (PROPERTY_RUNS !== undefined) return { numRuns: Number(PROPERTY_RUNS), ...repeated };
  return {
    numRuns: inSuite,
    seed: SEED_IN_SUITE + variant,
    interruptAfterTimeLimit: TIME_LIMIT_IN_SUITE_MS,
    markInterruptAsFailure: true,
    ...repeated,
  };
}
