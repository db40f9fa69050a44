// Clients that take a download much slower than it could come: every other one takes a little now and
// then, the others stop after the first bytes.

import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const SLOW_CHUNK_INTERVAL_MS = 100;

/** Until then the system's buffers fill, some megabytes a client, at full speed. */
const SETTLING_MS = 2000;

/** Resolves when they hold nothing up but themselves; the function ends them. */
export async function openSlowClients(
  count: number,
  open: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<() => Promise<void>> {
  const end = new AbortController();
  const clients = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const body = (await open()) as IncomingMessage;
      const chunks = body[Symbol.asyncIterator]();
      await chunks.next();
      const isStalled = index % 2 === 0;
      async function takeSlowly() {
        if (isStalled) return;
        while (!end.signal.aborted) {
          await delay(SLOW_CHUNK_INTERVAL_MS);
          if ((await chunks.next()).done) return;
        }
      }
      return { body, taking: takeSlowly() };
    }),
  );
  await delay(SETTLING_MS);
  return async () => {
    end.abort();
    await Promise.all(clients.map(({ taking }) => taking));
    for (const { body } of clients) body.destroy();
  };
}
