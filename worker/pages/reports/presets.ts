// Ranges that people ask for again and again, from today's date. Periods that are not over end today.

import { addDays } from '../../../sql/contract/localDate.ts';
import type { WeekStart } from '../../../sql/contract/parameters.ts';

export interface Preset {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

const DAYS_PER_WEEK = 7;

/** Days since the week began. */
function dayOfWeek(date: string, weekStart: WeekStart): number {
  const sinceSunday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekStart === 'sunday' ? sinceSunday : (sinceSunday + 6) % DAYS_PER_WEEK;
}

/** The day before, with which the period before ends. */
const before = (start: string): string => addDays(start, -1);

const monthStart = (date: string): string => `${date.slice(0, 7)}-01`;

function quarterStart(date: string): string {
  const month = Number(date.slice(5, 7));
  const first = month - ((month - 1) % 3);
  return `${date.slice(0, 4)}-${String(first).padStart(2, '0')}-01`;
}

export function presets(today: string, weekStart: WeekStart): Preset[] {
  const yesterday = before(today);
  const week = addDays(today, -dayOfWeek(today, weekStart));
  const month = monthStart(today);
  const quarter = quarterStart(today);
  return [
    { label: 'Yesterday', from: yesterday, to: yesterday },
    { label: 'Last 7 days', from: addDays(today, -7), to: yesterday },
    { label: 'Last 30 days', from: addDays(today, -30), to: yesterday },
    { label: 'This week', from: week, to: today },
    { label: 'Last week', from: addDays(week, -DAYS_PER_WEEK), to: before(week) },
    { label: 'This month', from: month, to: today },
    { label: 'Last month', from: monthStart(before(month)), to: before(month) },
    { label: 'This quarter', from: quarter, to: today },
    { label: 'Last quarter', from: quarterStart(before(quarter)), to: before(quarter) },
  ];
}
