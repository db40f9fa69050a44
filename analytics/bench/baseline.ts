// Compares the ratios of this bench with those of an earlier one: seconds depend on the machine and on
// what else it does, a ratio to plain COPY in the same bench hardly. Pure.

import { type DashboardEntries, RATIO_UNIT } from './dashboard.ts';

/** More than a quiet machine's noise. */
const TOLERATED_INCREASE = 0.2;

export interface Comparison {
  readonly name: string;
  readonly before: number;
  readonly now: number;
  /** 0.2 is 20 % more. */
  readonly increase: number;
  readonly isWorse: boolean;
}

export type Compared =
  | { readonly ok: true; readonly comparisons: readonly Comparison[] }
  | { readonly ok: false; readonly reason: string };

const ratiosOf = (entries: DashboardEntries) => entries.filter(({ unit }) => unit === RATIO_UNIT);

/** Cases that only one of them has are left out. */
export function compareWithBaseline(baseline: DashboardEntries, now: DashboardEntries): Compared {
  const earlier = new Map(ratiosOf(baseline).map((entry) => [entry.name, entry]));
  const pairs = ratiosOf(now).flatMap((entry) => {
    const before = earlier.get(entry.name);
    return before === undefined ? [] : [{ before, entry }];
  });
  if (pairs.length === 0) return { ok: false, reason: 'it has none of these cases' };
  const other = pairs.find(({ before, entry }) => before.extra !== entry.extra);
  if (other !== undefined) {
    return {
      ok: false,
      reason: `it is of ${other.before.extra}, this one of ${other.entry.extra}`,
    };
  }
  const comparisons = pairs.map(({ before, entry }): Comparison => {
    const increase = entry.value / before.value - 1;
    const isWorse = increase > TOLERATED_INCREASE;
    return { name: entry.name, before: before.value, now: entry.value, increase, isWorse };
  });
  return { ok: true, comparisons };
}
