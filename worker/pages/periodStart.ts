// The first day of the week, month, quarter or year that holds a date: the calendar of the reports (SPEC 3.2).

import { addDays } from '../../sql/contract/localDate.ts';
import type { Grouping, WeekStart } from '../../sql/contract/parameters.ts';

const DAYS_FROM_MONDAY = { monday: 0, sunday: 6 } as const;

const two = (number: number) => String(number).padStart(2, '0');

/** The first day of the month that lies so many months after a date's own. */
export function monthAfter(date: string, months: number): string {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  return `${Math.floor(month / 12)}-${two((month % 12) + 1)}-01`;
}

/** The first day of the period that holds a date. */
export function periodStart(date: string, grouping: Grouping, weekStart: WeekStart): string {
  switch (grouping) {
    case 'none':
    case 'day':
      return date;
    case 'week': {
      const fromMonday = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
      return addDays(date, -((fromMonday - DAYS_FROM_MONDAY[weekStart] + 7) % 7));
    }
    case 'month':
      return monthAfter(date, 0);
    case 'quarter':
      return monthAfter(date, -((Number(date.slice(5, 7)) - 1) % 3));
    case 'year':
      return `${date.slice(0, 4)}-01-01`;
  }
}
