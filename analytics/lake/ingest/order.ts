// Makes ordered_session, which the days are taken from: the staged sessions as they are where those of a
// day lie together, else sorted, because each day would have to read nearly all of them.

import type { DuckDBConnection } from '@duckdb/node-api';

/** Texts make this the widest sort of an ingest, and most sources come in the order of their days. */
export async function orderSessions(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll('select lie_together from order_examined');
  const [lieTogether] = reader.getRows()[0] ?? [];
  await connection.run(
    lieTogether === true
      ? 'create view ordered_session as from good_session'
      : 'create table ordered_session as from good_session order by created_at',
  );
}
