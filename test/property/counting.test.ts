// Counting the rows of the detail report gives the counting reports exactly, over generated lakes.
// Asks no reference: these identities hold between the reports themselves.

import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMacros } from './macros.ts';
import { type Asked, asked } from './requests.ts';
import { rounds } from './rounds.ts';
import { counts, grouped, periodOf, type Row, rate, rowsOf } from './rows.ts';
import type { Way } from './way.ts';

const LAKES_IN_SUITE = 50;

const GUIDE_COUNTS = [
  'Sessions',
  'Resolved',
  'Handed Off',
  'Unresolved',
  'Resolution Rate',
  'Recontacted',
  'Recontact Rate',
];

let macros: Way;

beforeAll(async () => {
  macros = await openMacros();
});

afterAll(() => macros.close());

function checkAll(holds: (request: Asked) => Promise<void>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(asked, async ({ lake, parameters }) => {
      await macros.load(lake.lake);
      await holds({ lake, parameters: { ...parameters, grouping: parameters.grouping ?? 'none' } });
    }),
    rounds(LAKES_IN_SUITE),
  );
}

function detailOf({ lake, parameters }: Asked): Promise<Row[]> {
  return rowsOf(macros, lake, 'ai-sessions-detail', { ...parameters, columns: 'extended' });
}

/** Names that stand in one cell, taken apart again. */
function guidesIn(cell: string): string[] {
  if (cell === '') return [];
  const names = [...cell.matchAll(/(?:^|, )("(?:[^"]|"")*"|[^",]*)/g)].map(([, name = '']) => name);
  return names.map((name) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name,
  );
}

/** The order of rows is not what is being asked here, nor that of columns. */
function sorted(rows: readonly Row[]): string[] {
  return rows.map((row) => JSON.stringify(row, Object.keys(row).toSorted())).toSorted();
}

test('counting the detail report gives the summary', async () => {
  await checkAll(async ({ lake, parameters }) => {
    const by = { channel: 'Channel', agent: 'Gladly Agent' }[String(parameters.by)];
    const groups = grouped(await detailOf({ lake, parameters }), (row) => [
      { ...periodOf(row, parameters), ...(by !== undefined && { [by]: row[by] ?? '' }) },
    ]);
    const summary = await rowsOf(macros, lake, 'ai-sessions-summary', parameters);
    expect(sorted(summary)).toEqual(
      sorted(groups.map(([key, rows]) => ({ ...key, ...counts(rows) }))),
    );
  });
});

test('counting the handed-off rows of the detail report gives the handoff reasons', async () => {
  await checkAll(async ({ lake, parameters }) => {
    const detail = await detailOf({ lake, parameters });
    const handedOff = detail.filter((row) => row['Was Handed Off'] === 'true');
    const groups = grouped(handedOff, (row) => [
      {
        ...periodOf(row, parameters),
        'Handoff Category': row['Handoff Category'] ?? '',
        'Handoff Subcategory': row['Handoff Subcategory'] ?? '',
      },
    ]);
    const expected = groups.map(([key, rows]) => {
      const { Sessions = '', 'No Response': noResponse = '' } = counts(rows);
      const Share = rate(rows.length, handedOff.length);
      return { ...key, Sessions, Share, 'No Response': noResponse };
    });
    const reasons = await rowsOf(macros, lake, 'ai-handoff-reasons', parameters);
    expect(sorted(reasons)).toEqual(sorted(expected));
  });
});

test('counting the detail report, its lists of guides taken apart, gives the guides', async () => {
  await checkAll(async ({ lake, parameters }) => {
    const groups = grouped(await detailOf({ lake, parameters }), (row) =>
      guidesIn(row['Guides Used'] ?? '').map((Guide) => ({ ...periodOf(row, parameters), Guide })),
    );
    const expected = groups.map(([key, rows]) => {
      const all = Object.entries(counts(rows));
      const shown = all.filter(([header]) => GUIDE_COUNTS.includes(header));
      return { ...key, ...Object.fromEntries(shown) };
    });
    const guides = await rowsOf(macros, lake, 'ai-guides', parameters);
    expect(sorted(guides)).toEqual(sorted(expected));
  });
});

test('the five outcomes of the summary add up to its sessions', async () => {
  await checkAll(async ({ lake, parameters }) => {
    for (const row of await rowsOf(macros, lake, 'ai-sessions-summary', parameters)) {
      const { Resolved, Unresolved, Sessions } = row;
      const outcomes = [
        Resolved,
        row['Handed Off'],
        row['No Response'],
        Unresolved,
        row['In Progress'],
      ];
      expect(outcomes.reduce((sum, each) => sum + Number(each), 0)).toBe(Number(Sessions));
    }
  });
});
