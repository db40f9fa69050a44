// Ranges that people ask for again and again, from today's date. Periods that are not over end today.

import { addDays } from '../../../sql/contract/localDate.ts';
import type { Grouping, WeekStart } from '../../../sql/contract/parameters.ts';
import { periodStart } from '../periodStart.ts';

export interface Preset {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

const DAYS_PER_WEEK = 7;

/** The day before, with which the period before ends. */
const before = (start: string): string => addDays(start, -1);

export function presets(today: string, weekStart: WeekStart): Preset[] {
  const yesterday = before(today);
  const startOf = (grouping: Grouping, date = today) => periodStart(date, grouping, weekStart);
  const week = startOf('week');
  const month = startOf('month');
  const quarter = startOf('quarter');
  return [
    { label: 'Yesterday', from: yesterday, to: yesterday },
    { label: 'Last 7 days', from: addDays(today, -7), to: yesterday },
    { label: 'Last 30 days', from: addDays(today, -30), to: yesterday },
    { label: 'This week', from: week, to: today },
    { label: 'Last week', from: addDays(week, -DAYS_PER_WEEK), to: before(week) },
    { label: 'This month', from: month, to: today },
    { label: 'Last month', from: startOf('month', before(month)), to: before(month) },
    { label: 'This quarter', from: quarter, to: today },
    { label: 'Last quarter', from: startOf('quarter', before(quarter)), to: before(quarter) },
  ];
}
