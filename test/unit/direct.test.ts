// Bodies on a real socket: every byte in its place although the chunks share their memory, and whatever
// the client does, an end that is told once.

import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type ServerType, serve } from '@hono/node-server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { responseBody } from '../../analytics/http/body.ts';
import { sendDirectly } from '../../analytics/http/direct.ts';

const CHUNK_BYTES = 512 * 1024;
const CHUNKS = 60;

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

let server: ServerType;
let chunks: () => Chunks;
const stop = vi.fn();
const onEnd = vi.fn();

/** Each full of its own number, in one buffer; some are small, as a file's last ones are. */
async function* numbered(): Chunks {
  const shared = Buffer.alloc(CHUNK_BYTES);
  for (let number = 1; number <= CHUNKS; number += 1) {
    yield shared.subarray(0, number % 3 === 0 ? 100 : CHUNK_BYTES).fill(number);
  }
}

async function* failing(): Chunks {
  yield Buffer.from('header');
  throw new Error('hello');
}

async function sent(): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(numbered(), (chunk) => Buffer.from(chunk)));
}

beforeEach(async () => {
  vi.clearAllMocks();
  chunks = numbered;
  const headers = { 'X-Kept': 'yes', 'Content-Type': 'text/csv' };
  const fetch = sendDirectly(
    async () => new Response(responseBody(chunks(), stop, onEnd), { status: 206, headers }),
  );
  const listening = Promise.withResolvers<AddressInfo>();
  server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, listening.resolve);
  await listening.promise;
});

afterEach(async () => {
  server.close();
  await once(server, 'close');
});

const port = () => (server.address() as AddressInfo).port;

function ask(): Socket {
  const socket = connect(port(), '127.0.0.1');
  socket.write('GET / HTTP/1.0\r\n\r\n');
  return socket;
}

test('every chunk arrives as it was, with the response’s status and headers', async () => {
  const response = await fetch(`http://127.0.0.1:${port()}/`);
  expect(response.status).toBe(206);
  expect(response.headers.get('X-Kept')).toBe('yes');
  expect(Buffer.from(await response.arrayBuffer()).equals(await sent())).toBe(true);
  expect(onEnd.mock.calls).toEqual([['complete']]);
});

test('and to a client that is slower than the system’s buffers are large', async () => {
  const received: Buffer[] = [];
  for await (const piece of ask()) {
    received.push(piece);
    await setImmediate();
  }
  const response = Buffer.concat(received);
  const body = response.subarray(response.indexOf('\r\n\r\n') + 4);
  expect(body.equals(await sent())).toBe(true);
});

test('a client that goes away stops it, whether it waits for the client or for a chunk', async () => {
  const waits = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  stop.mockImplementation(waits.resolve);
  chunks = async function* waiting() {
    yield Buffer.from('header');
    begun.resolve();
    await waits.promise;
  };
  const ended = Promise.withResolvers<void>();
  onEnd.mockImplementation(() => ended.resolve());
  const socket = ask();
  await begun.promise;
  socket.destroy();
  await ended.promise;
  expect(onEnd.mock.calls).toEqual([['cancelled']]);
});

test('a chunk that fails breaks the transfer', async () => {
  chunks = failing;
  const response = await fetch(`http://127.0.0.1:${port()}/`);
  await expect(response.text()).rejects.toThrow();
  expect(onEnd.mock.calls).toEqual([['failed', expect.any(Error)]]);
});
