// When to look again at what changes without telling: files that others write. Looking is what works
// on every file system, over a network too, and for a folder that is replaced or not there yet.

import { setInterval } from 'node:timers/promises';

const LOOK_INTERVAL_MS = 1000;

/** The time, every second, until the signal. */
export async function* moments(stop: AbortSignal): AsyncGenerator<Date> {
  try {
    for await (const _ of setInterval(LOOK_INTERVAL_MS, undefined, { signal: stop }))
      yield new Date();
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
