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
  /** Refuses whoever comes now, and resolves when all who came before have given theirs back. */
  close(): Promise<void>;
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

  let closing: Promise<void> | undefined;

  async function take(signal?: AbortSignal): Promise<DuckDBConnection> {
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
  }

  /** DuckDB never comes back from a statement whose connection is closed meanwhile. */
  async function closeAll(): Promise<void> {
    for (const _ of all) (await take()).closeSync();
  }

  return {
    async connect(signal) {
      if (closing !== undefined) throw new Error('Cannot connect: the pool is closed');
      return take(signal);
    },
    release(connection) {
      const next = waiting.shift();
      if (next === undefined) free.push(connection);
      else next(connection);
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}
