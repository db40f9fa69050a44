// Every period of a range, in order, those without sessions among them: a report has no rows for these,
// and a chart must not close up over them. Labels are those of the reports (SPEC 3.1, 3.2).

import { addDays } from '../../../sql/contract/localDate.ts';
import type { Grouping, WeekStart } from '../../../sql/contract/parameters.ts';
import { monthAfter, periodStart } from '../periodStart.ts';

export interface Period {
  /** As in the report's rows. */
  readonly label: string;
  /** Whether the range, or the data, hold only a part of it. */
  readonly isPartial: boolean;
  /** Whether it began so late that for most of its sessions the 24 hours of a recontact are not over. */
  readonly isUnsettled: boolean;
}

export interface PeriodRange {
  readonly from: string;
  readonly to: string;
  readonly grouping: Grouping;
  readonly weekStart: WeekStart;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;

function nextStart(start: string, grouping: Exclude<Grouping, 'none'>): string {
  if (grouping === 'day') return addDays(start, 1);
  return grouping === 'week' ? addDays(start, 7) : monthAfter(start, MONTHS[grouping]);
}

function labelOf(start: string, grouping: Grouping): string {
  const year = start.slice(0, 4);
  if (grouping === 'month') return start.slice(0, 7);
  if (grouping === 'quarter') return `${year}-Q${(Number(start.slice(5, 7)) + 2) / 3}`;
  return grouping === 'year' ? year : start;
}

/** None without a grouping. `through` is the local date on which the data end, where they do. */
export function periodsOf(
  { from, to, grouping, weekStart }: PeriodRange,
  through: string | undefined,
): Period[] {
  if (grouping === 'none') return [];
  const periods: Period[] = [];
  let start = periodStart(from, grouping, weekStart);
  while (start <= to) {
    const next = nextStart(start, grouping);
    const isCut = start < from || addDays(next, -1) > to;
    const isUnderWay = through !== undefined && start <= through && through < next;
    periods.push({
      label: labelOf(start, grouping),
      isPartial: isCut || isUnderWay,
      isUnsettled: through !== undefined && addDays(start, 1) >= through,
    });
    start = next;
  }
  return periods;
}
