// Clients that take a download much slower than it could come: every other one takes a little now and
// then, the others stop after the first bytes.

import { setTimeout as delay } from 'node:timers/promises';
import type { Body } from './request.ts';

const SLOW_CHUNK_INTERVAL_MS = 100;

/** Until then the system's buffers fill, some megabytes a client, at full speed. */
const SETTLING_MS = 2000;

/** Resolves when they hold nothing up but themselves; the function ends them. */
export async function openSlowClients(
  count: number,
  open: () => Promise<Body>,
): Promise<() => Promise<void>> {
  const end = new AbortController();
  const clients = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const chunks = await open();
      await chunks.next();
      const isStalled = index % 2 === 0;
      async function takeSlowly() {
        if (isStalled) return;
        while (!end.signal.aborted) {
          await delay(SLOW_CHUNK_INTERVAL_MS);
          if ((await chunks.next()).done) return;
        }
      }
      return { chunks, taking: takeSlowly() };
    }),
  );
  await delay(SETTLING_MS);
  return async () => {
    end.abort();
    await Promise.all(clients.map(({ taking }) => taking));
    await Promise.all(clients.map(({ chunks }) => chunks.return()));
  };
}
