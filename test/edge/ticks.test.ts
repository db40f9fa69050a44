// Which labels an axis has: never more than there is room for, never a handful too few.

import { describe, expect, it } from 'vitest';
import { periodsOf } from '../../worker/pages/chart/periods.ts';
import { ticksOf } from '../../worker/pages/chart/ticks.ts';

const labelsOf = (
  from: string,
  to: string,
  grouping: 'day' | 'week' | 'month' | 'quarter' | 'year',
) => periodsOf({ from, to, grouping, weekStart: 'monday' }, undefined).map(({ label }) => label);

const textsOf = (labels: string[], most: number) => ticksOf(labels, most).map(({ text }) => text);

describe('an axis', () => {
  it.each([
    ['one day', labelsOf('2026-07-01', '2026-07-01', 'day'), 8, ['2026-07-01']],
    ['two months', labelsOf('2026-06-01', '2026-07-31', 'month'), 8, ['2026-06', '2026-07']],
    [
      'three months of days, narrow',
      labelsOf('2026-05-01', '2026-07-31', 'day'),
      3,
      ['2026-05', '2026-06', '2026-07'],
    ],
    [
      'sixty months',
      labelsOf('2021-08-01', '2026-07-31', 'month'),
      8,
      ['2022', '2023', '2024', '2025', '2026'],
    ],
    [
      'five years of days',
      labelsOf('2021-12-10', '2026-11-28', 'day'),
      8,
      ['2022', '2023', '2024', '2025', '2026'],
    ],
  ])('of %s', (_, labels, most, texts) => {
    expect(textsOf(labels, most)).toEqual(texts);
  });

  it('puts a label on the period that begins it', () => {
    const labels = labelsOf('2021-12-10', '2026-11-28', 'day');
    for (const { index, text } of ticksOf(labels, 8)) expect(labels[index]).toBe(`${text}-01-01`);
  });

  it.each(['day', 'week', 'month', 'quarter', 'year'] as const)(
    'has between one and as many labels as there is room for, by %s',
    (grouping) => {
      for (let years = 0; years < 5; years += 1) {
        const labels = labelsOf('2022-02-11', `${2022 + years}-11-03`, grouping);
        for (const most of [3, 8]) {
          const ticks = ticksOf(labels, most);
          expect(ticks.length).toBeLessThanOrEqual(most);
          expect(ticks.length).toBeGreaterThanOrEqual(Math.min(labels.length, most / 2));
        }
      }
    },
  );
});
