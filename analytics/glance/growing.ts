// Days a few at a time, then many more: what is found at once costs little, and what is rare takes few
// steps.

import type { DaySessions } from './look.ts';

/** Each part holds so many times the sessions that the one before was to hold. */
const GROWTH = 8;

/** Takes lists of days in parts: the first of as many days as have the sessions wanted. */
export function growing(wanted: number) {
  let goal = wanted;
  return function* parts(days: readonly DaySessions[]): Generator<DaySessions[], void> {
    let part: DaySessions[] = [];
    let sessions = 0;
    for (const day of days) {
      part.push(day);
      sessions += day.sessions;
      if (sessions < goal) continue;
      yield part;
      part = [];
      sessions = 0;
      goal *= GROWTH;
    }
    if (part.length > 0) yield part;
  };
}
