// What `ai-sessions bench` makes of its measurements: timings, medians and ratios, tables, the
// dashboards' JSON, targets, and the comparison with a baseline.

import { Readable } from 'node:stream';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { compareWithBaseline } from '../../analytics/bench/baseline.ts';
import type { Results } from '../../analytics/bench/bench.ts';
import type { CaseName } from '../../analytics/bench/cases.ts';
import { DashboardEntries, dashboardEntries } from '../../analytics/bench/dashboard.ts';
import { figuresOf } from '../../analytics/bench/figures.ts';
import {
  comparisonReport,
  figuresTable,
  markdownReport,
  number,
  targetsTable,
} from '../../analytics/bench/markdown.ts';
import { drain, type Measurement } from '../../analytics/bench/measurement.ts';
import { rangesOf } from '../../analytics/bench/shape.ts';
import { summarise } from '../../analytics/bench/statistics.ts';
import { targetsOf } from '../../analytics/bench/targets.ts';

const seconds = (...all: number[]): Measurement[] =>
  all.map((each) => ({ seconds: each, bytes: 200e6 }));

function resultsOf(cases: Partial<Record<CaseName, Measurement[]>>): Results {
  return new Map(Object.entries(cases) as [CaseName, Measurement[]][]);
}

const RESULTS = resultsOf({
  edge: [
    { seconds: 3, headerSeconds: 0.05, firstRowSeconds: 0.6, bytes: 200e6, peakMegabytes: 280 },
    { seconds: 8, headerSeconds: 0.07, firstRowSeconds: 0.4, bytes: 200e6, peakMegabytes: 300 },
    { seconds: 5, headerSeconds: 0.06, firstRowSeconds: 0.5, bytes: 200e6, peakMegabytes: 290 },
  ],
  plain: seconds(2, 4, 2),
  summary: seconds(0.2, 0.2, 0.2),
});

const ask =
  (...chunks: string[]) =>
  async () =>
    Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

const entriesOf = (edge: number, plain = 2, extra = 'a lake') =>
  dashboardEntries(figuresOf(resultsOf({ plain: seconds(plain), edge: seconds(edge) })), extra);

describe('summarise', () => {
  test.each([
    [[3, 1, 2], { median: 2, min: 1, max: 3 }],
    [[4, 1, 2, 10], { median: 3, min: 1, max: 10 }],
    [[7], { median: 7, min: 7, max: 7 }],
  ])('%j', (numbers, expected) => {
    expect(summarise(numbers)).toEqual(expected);
  });

  test('needs a number', () => {
    expect(() => summarise([])).toThrow(RangeError);
  });
});

describe('drain', () => {
  test('tells the header from the first row, wherever the chunks end', async () => {
    const header = await drain(ask('a,', 'b\n'));
    expect(header).toMatchObject({ bytes: 4, headerSeconds: expect.any(Number) });
    expect(header.firstRowSeconds).toBeUndefined();

    const apart = await drain(ask('a,b\n', '1,2\n', '3,4\n'));
    expect(apart.bytes).toBe(12);
    expect(apart.firstRowSeconds).toBeGreaterThan(apart.headerSeconds ?? Infinity);

    const together = await drain(ask('a,b\n1'));
    expect(together.firstRowSeconds).toEqual(expect.any(Number));

    expect((await drain(ask('a,b'))).headerSeconds).toBeUndefined();
  });
});

describe('rangesOf', () => {
  test('a short lake has one range, a longer one has July and all of it', () => {
    expect(rangesOf({ sessions: 1, days: 33 })).toEqual({
      month: { from: '2026-07-01', to: '2026-07-31' },
      whole: undefined,
    });
    expect(rangesOf({ sessions: 1, days: 3 }).month.from).toBe('2026-07-31');
    expect(rangesOf({ sessions: 1, days: 365 })).toEqual({
      month: { from: '2026-07-01', to: '2026-07-31' },
      whole: { from: '2025-08-03', to: '2026-07-31' },
    });
  });
});

describe('figuresOf', () => {
  test('divides by plain COPY of the same repetition, in the order of the cases', () => {
    const [plain, summary, edge, ...others] = figuresOf(RESULTS);
    expect(others).toEqual([]);
    expect(plain).toMatchObject({ name: 'plain', ratio: { median: 1, min: 1, max: 1 } });
    expect(edge).toMatchObject({
      name: 'edge',
      seconds: { median: 5, min: 3, max: 8 },
      ratio: { median: 2, min: 1.5, max: 2.5 },
      headerMs: { median: 60 },
      firstRowMs: { median: 500, min: 400, max: 600 },
      peakMegabytes: { max: 300 },
    });
    expect(summary).toMatchObject({ name: 'summary', headerMs: undefined });
  });

  test('divides the whole lake by plain COPY of the whole lake', () => {
    const figures = figuresOf(
      resultsOf({
        plain: seconds(1),
        'whole-plain': seconds(20),
        'whole-detail': seconds(30),
      }),
    );
    expect(figures.at(-1)).toMatchObject({ name: 'whole-detail', ratio: { median: 1.5 } });
  });
});

describe('the tables', () => {
  test.each([
    [0.0123, '0.01'],
    [1.236, '1.24'],
    [23.45, '23.4'],
    [123.6, '124'],
  ])('%d is written %s', (value, text) => {
    expect(number(value)).toBe(text);
  });

  test('are Markdown with aligned columns', () => {
    const table = figuresTable(figuresOf(RESULTS)).split('\n');
    expect(table).toHaveLength(5);
    expect(new Set(table.map((line) => line.length)).size).toBe(1);
    expect(table[4]?.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'detail through the edge',
      '5.00 (3.00–8.00)',
      '2.00',
      '200',
      '40.0',
      '60',
      '500',
      '300',
      '',
    ]);
  });

  test('stand in one file, with what was measured', () => {
    const figures = figuresOf(RESULTS);
    const targets = targetsOf(figures);
    const text = markdownReport(['3 sessions in 2 days', 'Repetitions: 3'], figures, targets);
    expect(text).toMatch(/^# Benchmark\n\n- 3 sessions in 2 days\n- Repetitions: 3\n\n\| case /);
    expect(text).toContain(figuresTable(figures));
    expect(text.endsWith(`\n${targetsTable(targets)}\n`)).toBe(true);
  });
});

describe('targets', () => {
  test('are told apart, met or not; those without measurements are left out', () => {
    const targets = targetsOf(figuresOf(RESULTS));
    expect(targets.map(({ text, isMet }) => [text, isMet])).toEqual([
      ['through the edge ÷ plain COPY: ≤ 1.4', false],
      ['edge: header, ms: ≤ 100', true],
      ['edge: first rows, ms: ≤ 500', true],
    ]);
  });

  test('may be lower bounds', () => {
    const [, ...found] = targetsOf(
      figuresOf(
        resultsOf({
          plain: seconds(2),
          edge: seconds(2.5),
          'edge-again': seconds(0.5),
          'csv-stringify': seconds(20),
          chdb: seconds(2),
        }),
      ),
    );
    expect(found).toMatchObject([
      { text: 'chDB ÷ through the edge: ≥ 1', value: 0.8, isMet: false },
      { text: 'csv-stringify ÷ through the edge: ≥ 8', value: 8, isMet: true },
      { text: 'again through the edge, MB/s: ≥ 500', value: 400, isMet: false },
    ]);
  });
});

describe('the JSON for dashboards', () => {
  test('is a list of what is better the smaller it is', () => {
    const entries = dashboardEntries(figuresOf(RESULTS), '3 sessions in 2 days');
    expect(v.is(DashboardEntries, JSON.parse(JSON.stringify(entries)))).toBe(true);
    const extra = '3 sessions in 2 days';
    expect(entries.filter(({ name }) => name.startsWith('detail through the edge'))).toEqual([
      { name: 'detail through the edge', unit: 's', value: 5, range: '3–8', extra },
      {
        name: 'detail through the edge: ratio',
        unit: '÷ plain COPY',
        value: 2,
        range: '1.5–2.5',
        extra,
      },
      { name: 'detail through the edge: header', unit: 'ms', value: 60, range: '50–70', extra },
      {
        name: 'detail through the edge: first rows',
        unit: 'ms',
        value: 500,
        range: '400–600',
        extra,
      },
      {
        name: 'detail through the edge: peak memory',
        unit: 'MB',
        value: 290,
        range: '280–300',
        extra,
      },
    ]);
  });
});

describe('compareWithBaseline', () => {
  test.each([
    ['the same', 2, 2, false],
    ['20 % worse', 2.4, 2, false],
    ['more than that', 2.41, 2, true],
    ['better', 1, 2, false],
    ['slower on a slower machine', 6, 6, false],
    ['as fast on a faster machine', 2, 1, true],
  ])('%s', (_, edge, plain, isWorse) => {
    const compared = compareWithBaseline(entriesOf(2), entriesOf(edge, plain));
    expect(compared).toMatchObject({
      ok: true,
      comparisons: [
        { name: 'plain COPY, the same cells: ratio', isWorse: false },
        { name: 'detail through the edge: ratio', before: 1, now: edge / plain, isWorse },
      ],
    });
  });

  test('leaves out what only one of them has', () => {
    const alone = dashboardEntries(figuresOf(resultsOf({ plain: seconds(2) })), 'a lake');
    const compared = compareWithBaseline(alone, entriesOf(2));
    expect(compared.ok && compared.comparisons).toHaveLength(1);
  });

  test('refuses another lake, and a file without ratios', () => {
    expect(compareWithBaseline(entriesOf(2, 2, 'another lake'), entriesOf(2))).toEqual({
      ok: false,
      reason: 'it is of another lake, this one of a lake',
    });
    expect(compareWithBaseline([], entriesOf(2))).toMatchObject({ ok: false });
  });
});

describe('comparisonReport', () => {
  test('is a table that names what is worse', () => {
    const report = comparisonReport(compareWithBaseline(entriesOf(2), entriesOf(3)));
    expect(report).toBe(`### Times, with plain \`COPY\` as 1

| case                              | base |  now | change | worse |
| --------------------------------- | ---: | ---: | -----: | ----: |
| plain COPY, the same cells: ratio | 1.00 | 1.00 |   +0 % |       |
| detail through the edge: ratio    | 1.00 | 1.50 |  +50 % |   yes |

1 of 2 are worse by more than 20 %.
`);
  });

  test('says why there is none', () => {
    const report = comparisonReport(compareWithBaseline(entriesOf(2, 2, 'x'), entriesOf(2)));
    expect(report).toContain('Cannot compare with the base: it is of x, this one of a lake.');
  });
});
