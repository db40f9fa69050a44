// A port that answers: the service's own, and the one for its metrics.

import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { serve } from '@hono/node-server';
import { CommandFailure } from './failure.ts';
import { watchUnderWay } from './underWay.ts';

export interface Listener {
  readonly url: string;
  /** Takes no new connections; resolves when those that there are have ended well. */
  finish(): Promise<void>;
  /** Breaks the connections that are left; resolves when everyone knows. */
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

type Fetch = Parameters<typeof serve>[0]['fetch'];

/** Listens, or fails with a sentence that says with which option another port is chosen. */
export async function listen(
  fetch: Fetch,
  { host, port }: Address,
  option: string,
): Promise<Listener> {
  const listening = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch, hostname: host, port }, listening.resolve) as Server;
  server.once('error', listening.reject);
  const connections = watchUnderWay();
  server.on('connection', (socket: Socket) => {
    connections.add(new Promise((resolve) => socket.once('close', resolve)));
  });
  const ended = () => new Promise<void>((resolve) => server.close(() => resolve()));
  try {
    const address = await listening.promise;
    return {
      url: `http://${host}:${address.port}`,
      finish() {
        server.keepAliveTimeout = 1; // or a connection would wait for another request of its client
        return ended();
      },
      async close() {
        const closed = ended();
        server.closeAllConnections();
        await closed;
        await connections.ended();
      },
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CommandFailure(
      `Cannot listen on ${host}:${port}: the port is taken; choose another with ${option}`,
    );
  }
}
