// A download counts as running until its body has ended, whoever ended it.

import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { limitedDownload } from '../../analytics/http/limitedDownload.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { ANALYST } from '../e2e/support/assertions.ts';

type Pull = (controller: ReadableStreamDefaultController) => void | Promise<void>;

/** Asks, one download at once, for bodies that end as `pull` says. */
function limited(pull: Pull) {
  const app = new Hono<{ Variables: { caller: Caller } }>();
  app.use(async (c, next) => {
    c.set('caller', ANALYST);
    await next();
  });
  app.use(limitedDownload({ perMinute: 100, atOnce: 1 }, () => new Date()));
  app.get('/', () => new Response(new ReadableStream({ pull })));
  app.get('/nothing', (c) => c.body(null, 204));
  return (path = '/') => app.request(path);
}

const bytes = new Uint8Array([1, 2, 3]);
const untilTold = Promise.withResolvers<void>();

describe('the next download may begin when the one before', () => {
  test.each<[string, Pull, (response: Response) => Promise<unknown>]>([
    [
      'has been taken whole',
      (controller) => controller.close(),
      async (response) => expect(await response.bytes()).toHaveLength(0),
    ],
    [
      'has broken, which its client sees',
      () => Promise.reject(new Error('segment 2')),
      async (response) => expect(response.text()).rejects.toThrow('segment 2'),
    ],
    [
      'is not wanted any more',
      (controller) => controller.enqueue(bytes),
      async ({ body }) => body?.cancel(),
    ],
    [
      'is not wanted any more while it is being waited for',
      () => untilTold.promise,
      async ({ body }) => {
        const reader = body?.getReader();
        const reading = reader?.read();
        await reader?.cancel();
        untilTold.resolve();
        expect(await reading).toEqual({ done: true, value: undefined });
      },
    ],
  ])('%s', async (_, pull, end) => {
    const ask = limited(pull);
    const response = await ask();
    expect((await ask()).status).toBe(429);
    await end(response);
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  test('has had no body', async () => {
    const ask = limited(() => {});
    expect((await ask('/nothing')).status).toBe(204);
    expect((await ask('/nothing')).status).toBe(204);
  });
});
