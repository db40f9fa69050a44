// One cancellable statement with a connection to itself while it runs: DuckDB variables belong to a
// connection, so parts of a Run that are rendered side by side cannot see each other's files.

import type {
  DuckDBConnection,
  DuckDBPreparedStatement,
  DuckDBResultReader,
  DuckDBValue,
} from '@duckdb/node-api';
import type { ConnectionSource } from './pool.ts';

export interface Statement {
  /** Run first, on the same connection. */
  readonly setup: string;
  readonly sql: string;
  /** Named parameters; a name without a `$name` in the SQL is an error. */
  readonly values?: Record<string, DuckDBValue>;
}

/** DuckDB loses an interrupt that comes while a statement is being set up, so it is repeated. */
const INTERRUPT_INTERVAL_MS = 20;

/**
 * Uses a connection after its setup. An abort interrupts DuckDB within some 20 ms and rejects with
 * the signal's reason.
 */
export async function withConnection<Result>(
  connections: ConnectionSource,
  setup: string,
  signal: AbortSignal | undefined,
  use: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const connection = await connections.connect(signal);
  let interrupting: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    interrupting = setInterval(() => connection.interrupt(), INTERRUPT_INTERVAL_MS);
  };
  signal?.addEventListener('abort', interrupt);
  try {
    await connection.run(setup);
    signal?.throwIfAborted();
    return await use(connection);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(interrupting);
    connections.release(connection);
  }
}

/** What each connection prepared last; closing the connection frees it. */
const lastPrepared = new WeakMap<
  DuckDBConnection,
  { readonly sql: string; readonly statement: DuckDBPreparedStatement }
>();

/**
 * DuckDB binds a statement when it is prepared, and again, over the variables of that moment, each time
 * it is run with parameters. For the parts of a Run, which are the same statement, the first is done once.
 */
async function prepare(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const last = lastPrepared.get(connection);
  if (last?.sql === sql) return last.statement;
  last?.statement.destroySync();
  lastPrepared.delete(connection);
  const statement = await connection.prepare(sql);
  lastPrepared.set(connection, { sql, statement });
  return statement;
}

/** Runs a statement to its end and reads its result. */
export function execute(
  connections: ConnectionSource,
  { setup, sql, values }: Statement,
  signal?: AbortSignal,
): Promise<DuckDBResultReader> {
  return withConnection(connections, setup, signal, async (connection) => {
    if (values === undefined) return connection.runAndReadAll(sql);
    const statement = await prepare(connection, sql);
    statement.bind(values);
    return statement.runAndReadAll();
  });
}
