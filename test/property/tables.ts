// A lake as tables in memory, in place of the views on its Parquet files and in their order.

import type { DuckDBConnection } from '@duckdb/node-api';
import {
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
} from '../../analytics/lake/parquet.ts';
import type { Lake } from '../reference/records.ts';
import { instantText } from './records.ts';

const MESSAGE_COLUMNS = {
  session_id: 'varchar',
  message_id: 'varchar',
  sent_at: 'timestamptz',
  author: 'varchar',
  text: 'varchar',
};

const TABLES = {
  sessions: { ...SESSION_COLUMNS, day: 'date' },
  transcripts: { ...TRANSCRIPT_COLUMNS, day: 'date' },
  customer_merges: MERGE_COLUMNS,
};

const CREATE_SESSION_ROWS = `
  create or replace view session_rows as select *, rowid as lake_row from sessions`;

export const CREATE_TABLES = Object.entries(TABLES)
  .map(([table, columns]) => {
    const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
    return `drop view ${table}; create table ${table} (${list.join(', ')})`;
  })
  .concat(CREATE_SESSION_ROWS)
  .join(';\n');

/** Replaces what the tables hold. */
export async function fillTables(connection: DuckDBConnection, lake: Lake): Promise<void> {
  const fill = (
    table: keyof typeof TABLES,
    sql: string,
    records: readonly object[],
    columns: object,
  ) =>
    connection.run(
      `truncate ${table};
       insert into ${table} by name
       with record as (
         select each.* from (select unnest(from_json_strict($rows::json, $structure::json)) as each)
       )
       ${sql}`,
      { rows: JSON.stringify(records.map(rowOf)), structure: JSON.stringify([columns]) },
    );
  await fill(
    'sessions',
    `select *, timezone('UTC', created_at)::date as day from record order by created_at, session_id`,
    lake.sessions,
    SESSION_COLUMNS,
  );
  await fill(
    'transcripts',
    `select
       s.session_id, s.created_at, s.day,
       list(
         {message_id: m.message_id, sent_at: m.sent_at, author: m.author, "text": m.text}
         order by m.sent_at, m.message_id
       ) as messages
     from record as m
     inner join sessions as s on s.session_id = m.session_id
     group by all
     order by s.created_at, s.session_id`,
    lake.messages,
    MESSAGE_COLUMNS,
  );
  await fill('customer_merges', 'from record', lake.merges, MERGE_COLUMNS);
}

/** `sessionId` is `session_id` in SQL. */
function rowOf(record: object): object {
  const entries = Object.entries(record).map(([field, value]) => [
    field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === 'bigint' ? instantText(value) : value,
  ]);
  return Object.fromEntries(entries);
}
