// A body of a response: ends well only when everything has been sent, and frees everything whatever the
// client does.

import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { responseBody } from '../../analytics/http/body.ts';

/** A body with a second chunk that is waited for until `proceed` is settled. */
function body() {
  const stop = vi.fn();
  const proceed = Promise.withResolvers<void>();
  const freed = vi.fn();
  async function* chunks() {
    try {
      yield Buffer.from('header');
      await proceed.promise;
      yield Buffer.from('rows');
    } finally {
      freed();
    }
  }
  const onEnd = vi.fn();
  const reader = responseBody(chunks(), stop, onEnd).getReader();
  return { reader, onEnd, freed, proceed, stop };
}

/** Chunks that share their memory. */
async function* sharing() {
  const shared = Buffer.from('one');
  yield shared;
  shared.write('two');
  yield shared;
}

describe('responseBody', () => {
  test('ends once, as complete, after the last chunk', async () => {
    const { reader, onEnd, proceed } = body();
    proceed.resolve();
    const received = [await reader.read(), await reader.read(), await reader.read()];
    const texts = received.map(({ value }) => value && Buffer.from(value).toString());
    expect(texts).toEqual(['header', 'rows', undefined]);
    expect(onEnd.mock.calls).toEqual([['complete']]);
  });

  test('breaks when a chunk fails, without telling why, and ends once, as failed', async () => {
    const { reader, onEnd, proceed } = body();
    await reader.read();
    const error = new Error('Conversion Error: hello');
    proceed.reject(error);
    await expect(reader.read()).rejects.toThrow('The Run broke off');
    expect(onEnd.mock.calls).toEqual([['failed', error]]);
  });

  test.each<[string, (settled: PromiseWithResolvers<void>) => void]>([
    ['fails', ({ reject }) => reject(new Error('Interrupted'))],
    ['is ready', ({ resolve }) => resolve()],
  ])(
    'ends once, as cancelled, when the client goes away and the next chunk %s',
    async (_, settle) => {
      const { reader, onEnd, freed, proceed, stop } = body();
      await reader.read();
      const waiting = reader.read();
      await setImmediate(); // by then the next chunk is asked for
      stop.mockImplementation(() => settle(proceed));
      await reader.cancel();
      expect(await waiting).toMatchObject({ done: true });
      expect(onEnd.mock.calls).toEqual([['cancelled']]);
      expect(freed).toHaveBeenCalledBefore(onEnd);
    },
  );

  test('ends once, as cancelled, when the client goes away before the first chunk', async () => {
    const { reader, onEnd } = body();
    await reader.cancel();
    expect(onEnd.mock.calls).toEqual([['cancelled']]);
  });

  test('asks for no chunk before the client does', async () => {
    const pulled = vi.fn();
    async function* chunks() {
      for (let count = 1; count <= 9; count += 1) {
        pulled();
        yield Buffer.from(String(count));
      }
    }
    const reader = responseBody(chunks(), vi.fn(), vi.fn()).getReader();
    await reader.read();
    await setImmediate();
    expect(pulled).toHaveBeenCalledTimes(1);
    await reader.cancel();
  });

  test('hands out chunks that stay what they are', async () => {
    const stream = responseBody(sharing(), vi.fn(), vi.fn());
    expect(await new Response(stream).text()).toBe('onetwo');
  });
});
