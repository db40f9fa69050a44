// Where statements get their connections from. A pool is opened before the engine is locked, because
// what its connections are told then cannot be said later; whoever asks when all are taken waits.

import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Where a statement gets its connection, and gives it back. */
export interface ConnectionSource {
  connect(signal?: AbortSignal): Promise<DuckDBConnection>;
  release(connection: DuckDBConnection): void;
}

/** A new connection for each statement, for those who need no settings and no limit. */
export function freshConnections(instance: DuckDBInstance): ConnectionSource {
  return {
    connect: () => instance.connect(),
    release: (connection) => connection.closeSync(),
  };
}

export interface ConnectionPool extends ConnectionSource {
  close(): void;
}

export async function openPool(
  instance: DuckDBInstance,
  size: number,
  setup: string,
): Promise<ConnectionPool> {
  const all: DuckDBConnection[] = [];
  for (let count = 0; count < size; count += 1) {
    const connection = await instance.connect();
    await connection.run(setup);
    all.push(connection);
  }
  const free = [...all];
  const waiting: ((connection: DuckDBConnection) => void)[] = [];

  return {
    async connect(signal) {
      const ready = free.pop();
      if (ready !== undefined) return ready;
      const turn = Promise.withResolvers<DuckDBConnection>();
      waiting.push(turn.resolve);
      const leave = () => {
        const place = waiting.indexOf(turn.resolve);
        if (place === -1) return; // its turn has come already
        waiting.splice(place, 1);
        turn.reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      return turn.promise.finally(() => signal?.removeEventListener('abort', leave));
    },
    release(connection) {
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else next(connection);
    },
    close() {
      for (const connection of all) connection.closeSync();
    },
  };
}
