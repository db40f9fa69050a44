// Ranges by name, from today's date.

import { expect, it } from 'vitest';
import { presets } from '../../worker/pages/reports/presets.ts';

const ranges = (today: string, weekStart: 'monday' | 'sunday') =>
  Object.fromEntries(presets(today, weekStart).map(({ label, from, to }) => [label, [from, to]]));

it('on a Wednesday in the middle of things', () => {
  expect(ranges('2026-05-20', 'monday')).toEqual({
    Yesterday: ['2026-05-19', '2026-05-19'],
    'Last 7 days': ['2026-05-13', '2026-05-19'],
    'Last 30 days': ['2026-04-20', '2026-05-19'],
    'This week': ['2026-05-18', '2026-05-20'],
    'Last week': ['2026-05-11', '2026-05-17'],
    'This month': ['2026-05-01', '2026-05-20'],
    'Last month': ['2026-04-01', '2026-04-30'],
    'This quarter': ['2026-04-01', '2026-05-20'],
    'Last quarter': ['2026-01-01', '2026-03-31'],
  });
});

it.each([
  ['monday', '2026-03-01', ['2026-02-23', '2026-03-01'], ['2026-02-16', '2026-02-22']],
  ['sunday', '2026-03-01', ['2026-03-01', '2026-03-01'], ['2026-02-22', '2026-02-28']],
  ['sunday', '2026-02-28', ['2026-02-22', '2026-02-28'], ['2026-02-15', '2026-02-21']],
] as const)('weeks from %s on %s', (weekStart, today, current, last) => {
  const named = ranges(today, weekStart);
  expect([named['This week'], named['Last week']]).toEqual([current, last]);
});

it('over the change of a year and a leap day', () => {
  const named = ranges('2028-01-01', 'monday');
  expect(named['Last month']).toEqual(['2027-12-01', '2027-12-31']);
  expect(named['Last quarter']).toEqual(['2027-10-01', '2027-12-31']);
  expect(ranges('2028-03-31', 'monday')['Last month']).toEqual(['2028-02-01', '2028-02-29']);
});
