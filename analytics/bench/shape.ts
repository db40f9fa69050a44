// Which lake is measured and which dates of it: always ending at the same day, so that two benches of
// the same size measure the same bytes. Pure.

import { addDays } from '../../sql/contract/localDate.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';

/** The lake's last day; one more than a report's look-ahead reads. */
export const LAST_DAY = '2026-08-02';

const MONTH_START = '2026-07-01';
const RANGE_END = '2026-07-31';

export const TIMEZONE = 'America/Los_Angeles';

/** Of Runs that share no segment with those of the bench's own zone. */
export const OTHER_TIMEZONE = 'Europe/Berlin';

/** The look-ahead beyond the range, and a day to ask for. */
export const MIN_DAYS = 3;

export interface LakeShape {
  readonly sessions: number;
  readonly days: number;
}

/** The lake's name says what it is, so that a lake that is there already can be measured again. */
export function organisationOf({ sessions, days }: LakeShape): string {
  return `bench-${sessions}-${days}`;
}

/** Local dates, both included. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

export interface Ranges {
  /** July 2026, or what the lake has of it. */
  readonly month: DateRange;
  /** All that the lake has; undefined when that is the month. */
  readonly whole: DateRange | undefined;
}

export function rangesOf({ days }: LakeShape): Ranges {
  const first = addDays(LAST_DAY, 1 - days);
  if (first >= MONTH_START) return { month: { from: first, to: RANGE_END }, whole: undefined };
  return {
    month: { from: MONTH_START, to: RANGE_END },
    whole: { from: first, to: RANGE_END },
  };
}

/** What is asked for before anything is measured: one day of the same, and nothing that it can use. */
export function beforehand({ report, parameters }: ResolvedRun): ResolvedRun {
  return { report, parameters: { ...parameters, from: parameters.to, timezone: OTHER_TIMEZONE } };
}
