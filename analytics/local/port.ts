// Asks the system whether a port is free before something slow tries to take it.

import { once } from 'node:events';
import { createServer } from 'node:net';
import { CommandFailure } from '../failure.ts';

/** Resolves when the port can be taken; fails with how to choose another when it cannot. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CommandFailure(
      `Cannot listen on ${host}:${port}: the port is taken; choose another with: npm start -- --port ${port + 1}`,
    );
  }
  server.close();
  await once(server, 'close');
}
