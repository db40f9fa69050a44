// Calendar dates as `YYYY-MM-DD` text: no zone and no clock, so they compare as strings.

import * as v from 'valibot';

const MS_PER_DAY = 86_400_000;

function toEpochMs(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

function fromEpochMs(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

/** A date that exists. valibot's own isoDate accepts 2023-06-31. */
export const LocalDate = v.pipe(
  v.string('must be a date as YYYY-MM-DD'),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date as YYYY-MM-DD'),
  v.check((date) => {
    const epochMs = toEpochMs(date);
    return !Number.isNaN(epochMs) && fromEpochMs(epochMs) === date;
  }, 'must be a date that exists'),
  v.check(
    (date) => date >= '1970-01-01' && date <= '2999-12-31',
    'must be between 1970-01-01 and 2999-12-31',
  ),
);

/** The date so many days later, or earlier when negative. */
export function addDays(date: string, days: number): string {
  return fromEpochMs(toEpochMs(date) + days * MS_PER_DAY);
}

/** The same date so many years later; 29 February becomes 1 March where it must. */
export function addYears(date: string, years: number): string {
  const instant = new Date(toEpochMs(date));
  return fromEpochMs(instant.setUTCFullYear(instant.getUTCFullYear() + years));
}

/** The local date of an instant in an IANA zone. */
export function localDateOf(instant: Date, timezone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    calendar: 'iso8601',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
}
