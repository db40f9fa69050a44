// Puts what the days are taken from into the order of the days, unless those of a day lie together as
// they came: else each day would have to read nearly all of them. Most sources come in that order, and
// texts make these the widest sorts of an ingest.

import type { DuckDBConnection } from '@duckdb/node-api';

/** Makes ordered_session: the staged sessions themselves, if that will do. */
export async function orderSessions(connection: DuckDBConnection): Promise<void> {
  await connection.run(
    (await lieTogether(connection, 'sessions_order_examined'))
      ? 'create view ordered_session as from good_session'
      : 'create table ordered_session as from good_session order by created_at',
  );
}

/** Makes arriving_message. */
export async function orderMessages(connection: DuckDBConnection): Promise<void> {
  const order = (await lieTogether(connection, 'messages_order_examined')) ? '' : 'order by day';
  await connection.run(`create table arriving_message as from joining_message ${order}`);
}

async function lieTogether(connection: DuckDBConnection, examined: string): Promise<boolean> {
  const reader = await connection.runAndReadAll(`select lie_together from ${examined}`);
  return reader.getRows()[0]?.[0] === true;
}
