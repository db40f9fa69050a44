// An HTTP request as a client makes it that costs next to nothing itself: a body into one buffer, and
// not at all while nobody reads it. Node's own client takes several times the processor time of curl.
//
// HTTP/1.0, whose body is the rest of the connection: an end that comes too early shows in the bytes,
// which the bench compares.

import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { CommandFailure } from '../failure.ts';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A chunk is good until the next one is asked for. */
export type Body = AsyncGenerator<Uint8Array, void, undefined>;

const BUFFER_BYTES = 256 * 1024;
const END_OF_HEAD = '\r\n\r\n';

async function* received(url: URL, sent: string): Body {
  const buffer = Buffer.alloc(BUFFER_BYTES);
  let turn = Promise.withResolvers<number>();
  const callback = (bytes: number) => {
    turn.resolve(bytes);
    return false; // until the next chunk is asked for
  };
  const socket = connect({
    host: url.hostname,
    port: Number(url.port),
    onread: { buffer, callback },
  });
  socket.on('error', (error) => turn.reject(error));
  socket.on('close', () => turn.resolve(0));
  try {
    socket.write(sent);
    for (;;) {
      const bytes = await turn.promise;
      if (bytes === 0) return;
      turn = Promise.withResolvers();
      yield buffer.subarray(0, bytes);
      socket.resume();
    }
  } finally {
    socket.destroy();
  }
}

async function* following(first: Uint8Array, rest: Body): Body {
  yield first;
  yield* rest;
}

/** The body of a 200; any other answer is a failure that says so. */
export async function request(address: string, options: RequestOptions = {}): Promise<Body> {
  const { method = 'GET', headers = {}, body = '' } = options;
  const url = new URL(address);
  const fields = { Host: url.host, 'Content-Length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const line = `${method} ${url.pathname}${url.search} HTTP/1.0`;
  const chunks = received(url, [line, ...lines].join('\r\n') + END_OF_HEAD + body);

  let head = Buffer.alloc(0);
  while (!head.includes(END_OF_HEAD)) {
    const { value } = await chunks.next();
    if (value === undefined)
      throw new CommandFailure(`Cannot measure ${method} ${address}: no answer`);
    head = Buffer.concat([head, value]);
  }
  const response = following(head.subarray(head.indexOf(END_OF_HEAD) + END_OF_HEAD.length), chunks);
  const [, status] = head.toString('latin1').split(' ', 2);
  if (status === '200') return response;
  const answer = await text(response);
  throw new CommandFailure(`Cannot measure ${method} ${address}: ${status} ${answer}`);
}
