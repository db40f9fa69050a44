// What repetitions come to: each case's medians and spreads, and its ratio to the limit of the same
// repetition. Pure.

import type { Results } from './bench.ts';
import { CASE_NAMES, CASES, type CaseName } from './cases.ts';
import type { Measurement } from './measurement.ts';
import { type Summary, summarise } from './statistics.ts';

export interface Figures {
  readonly name: CaseName;
  readonly title: string;
  readonly bytes: number;
  readonly seconds: Summary;
  /** Its time, with the limit's of the same repetition as 1. */
  readonly ratio: Summary;
  readonly headerMs: Summary | undefined;
  readonly firstRowMs: Summary | undefined;
  readonly peakMegabytes: Summary | undefined;
}

const MS_PER_SECOND = 1000;

type Optional = 'headerSeconds' | 'firstRowSeconds' | 'peakMegabytes';

function summaryOf(repetitions: readonly Measurement[], field: Optional, factor: number) {
  const numbers = repetitions.flatMap((each) => each[field] ?? []);
  return numbers.length === 0 ? undefined : summarise(numbers.map((each) => each * factor));
}

/** Of the cases that were measured, in the order of the tables. */
export function figuresOf(results: Results): Figures[] {
  return CASE_NAMES.flatMap((name): Figures[] => {
    const repetitions = results.get(name);
    if (repetitions === undefined) return [];
    const { title, limit } = CASES[name];
    const limits = results.get(limit) ?? [];
    const ratios = repetitions.map(
      ({ seconds }, index) => seconds / (limits[index]?.seconds ?? Number.NaN),
    );
    return [
      {
        name,
        title,
        bytes: repetitions[0]?.bytes ?? 0,
        seconds: summarise(repetitions.map(({ seconds }) => seconds)),
        ratio: summarise(ratios),
        headerMs: summaryOf(repetitions, 'headerSeconds', MS_PER_SECOND),
        firstRowMs: summaryOf(repetitions, 'firstRowSeconds', MS_PER_SECOND),
        peakMegabytes: summaryOf(repetitions, 'peakMegabytes', 1),
      },
    ];
  });
}
