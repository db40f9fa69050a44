// The periods along a chart's axis are those of the reports: held against the SQL that labels rows, for
// every day of seven years.

import { readFile } from 'node:fs/promises';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { GROUPINGS, WEEK_STARTS } from '../../sql/contract/parameters.ts';
import { periodsOf } from '../../worker/pages/chart/periods.ts';

const RANGE = { from: '2023-12-28', to: '2030-12-30' };

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(await readFile('sql/lib/local_time.sql', 'utf8'));
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const ways = GROUPINGS.filter((grouping) => grouping !== 'none').flatMap((grouping) =>
  WEEK_STARTS.map((weekStart) => ({ grouping, weekStart })),
);

test.each(ways)('$grouping, weeks from $weekStart', async ({ grouping, weekStart }) => {
  const reader = await connection.runAndReadAll(
    `select distinct created_label(day::timestamptz, day, $grouping, $weekStart, 'local') as label
     from (select unnest(generate_series($from::timestamp, $to::timestamp, interval 1 day)) as day)
     order by label`,
    { ...RANGE, grouping, weekStart },
  );
  const labels = periodsOf({ ...RANGE, grouping, weekStart }, undefined).map(({ label }) => label);
  expect(labels).toEqual(reader.getRows().map(([label]) => label));
});

describe('a period', () => {
  const month = { grouping: 'month', weekStart: 'monday' } as const;
  const flagged = (range: { from: string; to: string }, through?: string) =>
    periodsOf({ ...month, ...range }, through).map(({ label, isPartial }) => [label, isPartial]);

  it('is partial where the range cuts it', () => {
    expect(flagged({ from: '2026-05-02', to: '2026-07-30' })).toEqual([
      ['2026-05', true],
      ['2026-06', false],
      ['2026-07', true],
    ]);
    expect(flagged({ from: '2026-05-01', to: '2026-05-31' })).toEqual([['2026-05', false]]);
  });

  it('is partial where the data end in it', () => {
    expect(flagged({ from: '2026-05-01', to: '2026-06-30' }, '2026-05-31')).toEqual([
      ['2026-05', true],
      ['2026-06', false],
    ]);
    expect(flagged({ from: '2026-05-01', to: '2026-05-31' }, '2026-06-01')).toEqual([
      ['2026-05', false],
    ]);
  });

  it('has no recontacts to judge when the data end a day after it began', () => {
    const days = {
      grouping: 'day',
      weekStart: 'monday',
      from: '2026-07-28',
      to: '2026-07-31',
    } as const;
    const settled = periodsOf(days, '2026-07-31').map(({ isUnsettled }) => isUnsettled);
    expect(settled).toEqual([false, false, true, true]);
  });

  it('is none without a grouping', () => {
    expect(periodsOf({ ...month, ...RANGE, grouping: 'none' }, undefined)).toEqual([]);
  });
});
