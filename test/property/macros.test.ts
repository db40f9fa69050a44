// Every report is the very file that the independent reference gives, over generated lakes.

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { referenceCsv } from '../reference/report.ts';
import { openMacros } from './macros.ts';
import { cases } from './requests.ts';
import { rounds } from './rounds.ts';
import { runOf } from './runOf.ts';
import type { Way } from './way.ts';

const LAKES_IN_SUITE = 40;
const MOST_REQUESTS = 12;

let macros: Way;

beforeAll(async () => {
  macros = await openMacros();
});

afterAll(() => macros.close());

for (const [variant, name] of REPORT_NAMES.entries()) {
  test(`${name} is the file that the reference gives, byte for byte`, async () => {
    await fc.assert(
      fc.asyncProperty(cases(MOST_REQUESTS, fc.constant(name)), async ({ lake, requests }) => {
        await macros.load(lake.lake);
        for (const { report, parameters } of requests) {
          const run = runOf(lake, report, parameters);
          expect(await macros.csv(run)).toBe(referenceCsv(lake.lake, run));
        }
      }),
      rounds(LAKES_IN_SUITE, variant),
    );
  });
}
