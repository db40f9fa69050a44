// Numbers, ratios, sizes and instants as people read them. English, like all pages; the zone is the
// organisation's.

import { html } from 'hono/html';

const NUMBER = new Intl.NumberFormat('en-GB');
const SHORT_NUMBER = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

export const count = (value: number): string => NUMBER.format(value);

/** `1 session`, `2 sessions`. */
export function counted(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/** Of 1,000 bytes a kB, as file managers and browsers show them. */
export function size(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${SHORT_NUMBER.format(bytes / 1000 ** power)} ${UNITS[power]}`;
}

const percentWith = (digits: number) =>
  new Intl.NumberFormat('en-GB', {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });

const PERCENT = percentWith(1);
/** Reports give ratios with 4 decimals. */
const EXACT_PERCENT = percentWith(2);

export const percent = (ratio: number): string => PERCENT.format(ratio);
export const exactPercent = (ratio: number): string => EXACT_PERCENT.format(ratio);

export function instantText(instant: string, timezone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return format.format(new Date(instant));
}

export function time(instant: string, timezone: string) {
  return html`<time datetime="${instant}">${instantText(instant, timezone)}</time>`;
}
