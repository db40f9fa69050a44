// Moments at which local time does something that reports get wrong: where generated lakes are set.

import type { Instant } from '../reference/records.ts';

export interface Scene {
  readonly timezone: string;
  readonly instant: Instant;
}

const MOMENTS: readonly (readonly [timezone: string, instant: string])[] = [
  ['UTC', '2026-07-15T12:00:00Z'],
  ['UTC', '2024-03-01T00:00:00Z'], // after 29 February
  ['UTC', '2021-01-01T00:00:00Z'], // in week 53 of the year before
  ['UTC', '2024-12-30T00:00:00Z'], // in week 1 of the year after
  ['America/Los_Angeles', '2027-01-01T08:00:00Z'], // turn of the year
  ['America/New_York', '2026-03-08T07:00:00Z'], // 23 hours
  ['America/New_York', '2026-11-01T06:00:00Z'], // 25 hours
  ['Europe/Berlin', '2026-03-29T01:00:00Z'], // 23 hours
  ['Europe/Berlin', '2026-10-25T01:00:00Z'], // 25 hours
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'], // 24.5 hours
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'], // 23.5 hours
  ['America/Santiago', '2026-09-06T04:00:00Z'], // no midnight
  ['America/Santiago', '2026-04-05T03:00:00Z'], // the hour before midnight twice
  ['Africa/Cairo', '2026-04-23T22:00:00Z'], // no midnight
  ['Africa/Cairo', '2026-10-29T21:00:00Z'], // the hour before midnight twice
  ['America/Havana', '2026-11-01T05:00:00Z'], // two midnights
  ['America/Havana', '2026-03-08T05:00:00Z'], // no midnight
  ['America/St_Johns', '2026-03-08T05:30:00Z'], // half an hour off
  ['Asia/Kathmandu', '2026-06-30T18:15:00Z'], // three quarters of an hour off
  ['Pacific/Chatham', '2026-09-26T14:00:00Z'], // the same, and clocks change
  ['Asia/Kolkata', '2026-03-31T18:30:00Z'], // half an hour off, turn of a quarter
  ['Pacific/Apia', '2011-12-30T10:00:00Z'], // a day that never was
  ['Pacific/Kiritimati', '2026-06-30T10:00:00Z'], // 14 hours ahead
  ['Etc/GMT+12', '2026-07-01T12:00:00Z'], // 12 hours behind
  ['Pacific/Pago_Pago', '2026-03-01T11:00:00Z'], // 11 hours behind
];

export const SCENES: readonly Scene[] = MOMENTS.map(([timezone, instant]) => ({
  timezone,
  instant: BigInt(Date.parse(instant)) * 1000n,
}));

export const TIME_ZONES = [...new Set(SCENES.map(({ timezone }) => timezone))];
