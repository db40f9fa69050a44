// Keeps to so many requests a minute and so many at once. Knows no request, and no clock of its own.

export interface Clock {
  /** Milliseconds, of any beginning. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export interface Pace {
  /** Begins the work when its turn has come. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

const MINUTE_MS = 60_000;

export function openPace(perMinute: number, atOnce: number, clock: Clock): Pace {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  let free = atOnce;
  /** One at a time, so that two do not take the same turn. */
  let turn = Promise.resolve();

  const waitForTurn = async () => {
    const oldest = begun.length < perMinute ? undefined : begun.shift();
    if (oldest !== undefined) {
      const wait = oldest + MINUTE_MS - clock.now();
      if (wait > 0) await clock.sleep(wait);
    }
    begun.push(clock.now());
  };

  return {
    async take(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        const mine = turn.then(waitForTurn);
        turn = mine.catch(() => {}); // whoever waited is told
        await mine;
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
