// What the figures should be (DESIGN 7, and the purposes that the README states), and whether they are.
// Pure; a target whose cases were not measured is left out.

import type { CaseName } from './cases.ts';
import type { Figures } from './figures.ts';

export interface Target {
  readonly text: string;
  readonly value: number;
  readonly isMet: boolean;
}

type Of = (name: CaseName) => Figures | undefined;

interface Aim {
  readonly text: string;
  readonly value: (of: Of) => number | undefined;
  readonly atMost?: number;
  readonly atLeast?: number;
}

const BYTES_PER_MEGABYTE = 1e6;

const quotient =
  (one: CaseName, other: CaseName) =>
  (of: Of): number | undefined => {
    const [dividend, divisor] = [of(one)?.seconds.median, of(other)?.seconds.median];
    return dividend === undefined || divisor === undefined ? undefined : dividend / divisor;
  };

const ratio = (name: CaseName) => (of: Of) => of(name)?.ratio.median;

const throughput = (name: CaseName) => (of: Of) => {
  const figures = of(name);
  return figures && figures.bytes / BYTES_PER_MEGABYTE / figures.seconds.median;
};

const AIMS: readonly Aim[] = [
  { text: 'through the edge ÷ plain COPY', value: ratio('edge'), atMost: 1.4 },
  { text: 'chDB ÷ through the edge', value: quotient('chdb', 'edge'), atLeast: 1 },
  {
    text: 'csv-stringify ÷ through the edge',
    value: quotient('csv-stringify', 'edge'),
    atLeast: 8,
  },
  { text: 'edge: header, ms', value: (of) => of('edge')?.headerMs?.median, atMost: 100 },
  { text: 'edge: first rows, ms', value: (of) => of('edge')?.firstRowMs?.median, atMost: 500 },
  { text: 'again through the edge, MB/s', value: throughput('edge-again'), atLeast: 500 },
  { text: 'again, MB/s', value: throughput('detail-again'), atLeast: 500 },
  {
    text: 'beside slow downloads ÷ alone',
    value: quotient('beside-slow', 'alone'),
    atMost: 1.2,
  },
  {
    text: 'of a lake of 10 years ÷ of 1 year',
    value: quotient('of-10-years', 'of-1-year'),
    atMost: 1.2,
  },
  { text: 'whole lake: detail ÷ plain COPY', value: ratio('whole-detail'), atMost: 1.4 },
  { text: 'whole lake: edge ÷ plain COPY', value: ratio('whole-edge'), atMost: 1.4 },
  {
    text: 'whole lake: chDB ÷ detail',
    value: quotient('whole-chdb', 'whole-detail'),
    atLeast: 1.3,
  },
  {
    text: 'whole lake: peak memory, MB',
    value: (of) => of('whole-detail')?.peakMegabytes?.max,
    atMost: 400,
  },
  {
    text: 'whole lake: peak memory of the service, MB',
    value: (of) => of('whole-edge')?.peakMegabytes?.max,
    atMost: 400,
  },
  {
    text: 'whole lake: header, ms',
    value: (of) => of('whole-edge')?.headerMs?.median,
    atMost: 100,
  },
  {
    text: 'whole lake: first rows, ms',
    value: (of) => of('whole-edge')?.firstRowMs?.median,
    atMost: 500,
  },
  { text: 'whole lake: again, MB/s', value: throughput('whole-edge-again'), atLeast: 500 },
  {
    text: 'whole lake: cold ÷ after one new day',
    value: quotient('whole-detail', 'whole-detail-new-day'),
    atLeast: 20,
  },
];

export function targetsOf(figures: readonly Figures[]): Target[] {
  const of: Of = (name) => figures.find((each) => each.name === name);
  return AIMS.flatMap(({ text, value, atMost, atLeast }): Target[] => {
    const found = value(of);
    if (found === undefined) return [];
    const bound = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
    const isMet = found <= (atMost ?? Infinity) && found >= (atLeast ?? 0);
    return [{ text: `${text}: ${bound}`, value: found, isMet }];
  });
}
