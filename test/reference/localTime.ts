// Local time and periods (SPEC 3.1, 3.2), from Intl and calendar dates as text: convert first,
// truncate second.

import type { Grouping, WeekStart } from '../../sql/contract/parameters.ts';
import type { Instant } from './records.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** Swedish writes a local time as `2026-07-01 09:15:22`. */
function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  formats.set(timezone, format);
  return format;
}

/** Rounds towards the past, as division of whole numbers does only after 1970. */
function wholeMilliseconds(instant: Instant): number {
  const remainder = ((instant % 1000n) + 1000n) % 1000n;
  return Number((instant - remainder) / 1000n);
}

/** `2026-07-01 09:15:22`: seconds are cut, never rounded. */
export function localTime(instant: Instant, timezone: string): string {
  return formatFor(timezone).format(wholeMilliseconds(instant));
}

/** `2026-07-01`. */
export function localDate(instant: Instant, timezone: string): string {
  return localTime(instant, timezone).slice(0, 10);
}

/** `2026-07-01T09:15:22.123-07:00`: milliseconds are cut, never rounded. */
export function isoTime(instant: Instant, timezone: string): string {
  const local = localTime(instant, timezone);
  const milliseconds = wholeMilliseconds(instant);
  const wholeSeconds = Math.floor(milliseconds / 1000) * 1000;
  const offsetMinutes = (Date.parse(`${local.replace(' ', 'T')}Z`) - wholeSeconds) / 60_000;
  const sign = offsetMinutes < 0 ? '-' : '+';
  const hours = Math.floor(Math.abs(offsetMinutes) / 60);
  const minutes = Math.abs(offsetMinutes) % 60;
  const fraction = String(milliseconds - wholeSeconds).padStart(3, '0');
  return `${local.replace(' ', 'T')}.${fraction}${sign}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** The label of the period that a local date lies in. */
export function periodOf(
  date: string,
  grouping: Exclude<Grouping, 'none'>,
  weekStart: WeekStart,
): string {
  const [year = '', month = ''] = date.split('-');
  switch (grouping) {
    case 'day':
      return date;
    case 'week':
      return firstDayOfWeek(date, weekStart);
    case 'month':
      return `${year}-${month}`;
    case 'quarter':
      return `${year}-Q${Math.ceil(Number(month) / 3)}`;
    case 'year':
      return year;
  }
}

function firstDayOfWeek(date: string, weekStart: WeekStart): string {
  const first = weekStart === 'sunday' ? 0 : 1;
  const day = new Date(`${date}T00:00:00Z`);
  while (day.getUTCDay() !== first) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

/** The header of the column that holds {@link periodOf}, or the local time. */
export function createdHeader(grouping: Grouping): string {
  switch (grouping) {
    case 'none':
    case 'day':
      return 'Created Date';
    case 'week':
      return 'Created Week';
    case 'month':
      return 'Created Month';
    case 'quarter':
      return 'Created Quarter';
    case 'year':
      return 'Created Year';
  }
}
