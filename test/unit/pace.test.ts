// So many requests a minute, so many at once.

import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPace } from '../../analytics/lake/pull/pace.ts';

test('lets no more than its number work at once, and all in the end', async () => {
  const pace = openPace(100, 2, { now: () => 0, sleep: async () => {} });
  let working = 0;
  let most = 0;
  const done: number[] = [];
  const works = Array.from({ length: 7 }, (_, number) =>
    pace.take(async () => {
      most = Math.max(most, ++working);
      await setImmediate();
      working -= 1;
      done.push(number);
    }),
  );
  await Promise.all(works);

  expect(most).toBe(2);
  expect(new Set(done)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
});

test('begins no more than its number in any minute', async () => {
  let elapsed = 0;
  const begun: number[] = [];
  const clock = {
    now: () => elapsed,
    sleep: async (milliseconds: number) => {
      elapsed += milliseconds;
    },
  };
  const pace = openPace(3, 2, clock);
  for (let number = 0; number < 10; number += 1) {
    await pace.take(async () => {
      begun.push(elapsed);
      elapsed += 7_000;
    });
  }

  expect(begun).toEqual(
    [0, 7, 14, 60, 67, 74, 120, 127, 134, 180].map((seconds) => seconds * 1000),
  );
});

test('a work that fails gives its place back', async () => {
  const pace = openPace(100, 1, { now: () => 0, sleep: async () => {} });

  await expect(pace.take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(await pace.take(async () => 'yes')).toBe('yes');
});
