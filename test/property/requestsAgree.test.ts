// Requests over the same generated lake agree with each other: what a row says does not depend on what
// else is asked for. Asks no reference.

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../sql/contract/localDate.ts';
import { REPORT_NAMES, REPORTS, type ReportName } from '../../sql/contract/report.ts';
import { openMacros } from './macros.ts';
import { type Asked, asked, cases, FILTER_NAMES } from './requests.ts';
import { rounds } from './rounds.ts';
import { counts, grouped, type Row, rowsOf } from './rows.ts';
import { runOf } from './runOf.ts';
import type { Way } from './way.ts';

const LAKES_IN_SUITE = 50;
const MOST_REQUESTS = 8;

const sessionReport = fc.constantFrom(
  ...REPORT_NAMES.filter((name) => REPORTS[name].grain === 'session'),
);
const countingReport = fc.constantFrom(
  ...REPORT_NAMES.filter((name) => REPORTS[name].grain === 'count'),
);

let macros: Way;

beforeAll(async () => {
  macros = await openMacros();
});

afterAll(() => macros.close());

function checkAll<Extra>(
  extra: fc.Arbitrary<Extra>,
  holds: (request: Asked, extra: Extra) => Promise<void>,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(asked, extra, async (request, more) => {
      await macros.load(request.lake.lake);
      await holds(request, more);
    }),
    rounds(LAKES_IN_SUITE),
  );
}

/** The rows of a range, of the days that follow it, and of both at once. */
async function adjacentRanges({ lake, parameters }: Asked, report: ReportName, days: number) {
  const { from, to } = runOf(lake, report, parameters).parameters;
  const last = addDays(to, days);
  const rowsIn = (range: { from: string; to: string }) =>
    rowsOf(macros, lake, report, { ...parameters, ...range });
  return {
    first: await rowsIn({ from, to }),
    second: await rowsIn({ from: addDays(to, 1), to: last }),
    both: await rowsIn({ from, to: last }),
  };
}

const someDays = fc.integer({ min: 1, max: 5 });

test('the rows of two adjacent ranges are the rows of both at once', async () => {
  await checkAll(fc.tuple(sessionReport, someDays), async (request, [report, days]) => {
    const { first, second, both } = await adjacentRanges(request, report, days);
    expect([...first, ...second]).toEqual(both);
  });
});

const RATIO = / Rate$|^Share$/;
const COUNTS = Object.keys(counts([])).filter((header) => !RATIO.test(header));

function isCount(header: string): boolean {
  return COUNTS.includes(header);
}

function keyOf(row: Row): Row {
  const entries = Object.entries(row).filter(([name]) => !isCount(name) && !RATIO.test(name));
  return Object.fromEntries(entries);
}

/** Rows of the same keys as one, their counts added; ratios do not add up. */
function added(rows: readonly Row[]): readonly string[] {
  const sums = grouped(rows, (row) => [keyOf(row)]).map(([key, group]) => {
    const headers = Object.keys(group[0] ?? {}).filter(isCount);
    const sumOf = (header: string) => group.reduce((sum, row) => sum + Number(row[header]), 0);
    return JSON.stringify([key, headers.map(sumOf)]);
  });
  return sums.toSorted();
}

test('the counts of two adjacent ranges add up to the counts of both at once', async () => {
  await checkAll(fc.tuple(countingReport, someDays), async (request, [report, days]) => {
    const { first, second, both } = await adjacentRanges(request, report, days);
    expect(added([...first, ...second])).toEqual(added(both));
  });
});

test('a filter leaves out rows and changes no cell of the others', async () => {
  await checkAll(sessionReport, async ({ lake, parameters }, report) => {
    const others = Object.entries(parameters).filter(([name]) => !FILTER_NAMES.includes(name));
    const all = await rowsOf(macros, lake, report, Object.fromEntries(others));
    const left = await rowsOf(macros, lake, report, parameters);
    const ids = new Set(left.map((row) => row['Session ID']));
    expect(left).toEqual(all.filter((row) => ids.has(row['Session ID'])));
  });
});

const RECONTACT = 'Was Recontacted Resolution - 24 Hours';

test('every request that shows a session shows the same recontact cell', async () => {
  await fc.assert(
    fc.asyncProperty(cases(MOST_REQUESTS, sessionReport), async ({ lake, requests }) => {
      await macros.load(lake.lake);
      const cells = new Map<string | undefined, string | undefined>();
      for (const { report, parameters } of requests) {
        for (const row of await rowsOf(macros, lake, report, parameters)) {
          const id = row['Session ID'];
          expect(row[RECONTACT]).toBe(cells.get(id) ?? row[RECONTACT]);
          cells.set(id, row[RECONTACT]);
        }
      }
    }),
    rounds(LAKES_IN_SUITE),
  );
});
