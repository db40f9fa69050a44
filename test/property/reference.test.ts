// Every report equals the independent reference, over generated lakes and requests.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { referenceTable } from '../reference/report.ts';
import { type Macros, openMacros } from './macros.ts';
import { cases, runOf } from './requests.ts';
import { rounds } from './rounds.ts';

const LAKES_IN_SUITE = 100;
const REQUESTS_OF_A_LAKE = 12;

let macros: Macros;

beforeAll(async () => {
  macros = await openMacros();
});

afterAll(() => macros.close());

test('every cell of every report is the one that the reference gives', async () => {
  await fc.assert(
    fc.asyncProperty(cases(REQUESTS_OF_A_LAKE), async ({ lake, requests }) => {
      await macros.load(lake.lake);
      for (const { report, parameters } of requests) {
        const run = runOf(lake, report, parameters);
        expect(await macros.table(run)).toEqual(referenceTable(lake.lake, run));
      }
    }),
    rounds(LAKES_IN_SUITE),
  );
});
