// A pool of connections is closed only when nobody uses them any more: DuckDB never comes back from a
// statement whose connection is closed meanwhile.

import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ConnectionPool, openPool } from '../../analytics/engine/pool.ts';
import { execute } from '../../analytics/engine/statement.ts';

const FOREVER = { setup: '', sql: 'select count(*) from range(1e15::bigint) as r', values: {} };

const QUICK = { setup: '', sql: 'select 7', values: {} };

let instance: DuckDBInstance;
let pool: ConnectionPool;

beforeEach(async () => {
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  pool = await openPool(instance, 2, '');
});

afterEach(() => instance.closeSync());

test('close() waits for a statement that runs', async () => {
  const stop = new AbortController();
  const running = execute(pool, FOREVER, stop.signal);
  await execute(pool, QUICK); // behind it
  const closed = vi.fn();
  const closing = pool.close().then(closed);
  await new Promise(setImmediate);
  expect(closed).not.toHaveBeenCalled();
  stop.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  await closing;
});

test('close() serves those who wait already, and refuses those who come later', async () => {
  const taken = [await pool.connect(), await pool.connect()];
  const waiting = execute(pool, QUICK);
  const closing = pool.close();
  await expect(pool.connect()).rejects.toThrow('the pool is closed');
  for (const connection of taken) pool.release(connection);
  expect((await waiting).getRows()).toEqual([[7]]);
  await closing;
  await pool.close(); // again
});
