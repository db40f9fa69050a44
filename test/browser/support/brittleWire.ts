// A wire between a browser and the edge that breaks when it is told to: TCP, handed on as it is. What
// has broken works again for the next connection.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface BrittleWire {
  readonly url: string;
  /** Breaks each connection that has brought so many bytes to the browser, until it is set anew. */
  breakAfter(bytes: number): void;
  /** Breaks all, and takes no new ones until it is mended. */
  cut(): void;
  mend(): void;
  /** How many connections have been broken. */
  readonly broken: number;
  close(): Promise<void>;
}

export async function brittleWire(target: string): Promise<BrittleWire> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<readonly [Socket, Socket]>();
  let limit = Number.POSITIVE_INFINITY;
  let isCut = false;
  let broken = 0;

  const server = createServer((near) => {
    if (isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    let bytes = 0;
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    far.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) return;
      broken++;
      near.resetAndDestroy();
      end();
    });
    for (const socket of pair) socket.on('error', end).on('close', end);
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const breakAll = () => {
    for (const [near] of pairs) near.resetAndDestroy();
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakAfter(bytes) {
      limit = bytes;
    },
    cut() {
      isCut = true;
      breakAll();
    },
    mend() {
      isCut = false;
    },
    get broken() {
      return broken;
    },
    async close() {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
