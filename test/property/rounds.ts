// How many lakes a property is tried on: in the suite always the same ones; in a longer run, begun with
// PROPERTY_RUNS, ever new ones. A failure prints its seed and path, to be given back as
// PROPERTY_SEED and PROPERTY_PATH.

import type { Parameters } from 'fast-check';

const SEED_IN_SUITE = 20_260_701;

export function rounds<Ts>(inSuite: number): Parameters<Ts> {
  const { PROPERTY_RUNS, PROPERTY_SEED, PROPERTY_PATH } = process.env;
  return {
    numRuns: PROPERTY_RUNS === undefined ? inSuite : Number(PROPERTY_RUNS),
    ...(PROPERTY_RUNS === undefined && { seed: SEED_IN_SUITE }),
    ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH !== undefined && { path: PROPERTY_PATH }),
  };
}
