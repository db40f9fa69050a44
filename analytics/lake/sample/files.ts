// Writes rows that SQL makes as the lake's Parquet files. Refuses to know what the rows mean.

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addDays } from '../../../sql/contract/localDate.ts';
import { literal } from '../../engine/open.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';

/** Where rows come from, a SQL relation, and the columns to write, in order. */
export interface Rows {
  readonly relation: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** The first instant of a UTC day, RFC 3339. */
export function startOf(day: string): string {
  return `${day}T00:00:00Z`;
}

/** One file of all rows; returns how many there are. */
export async function writeRows(
  connection: DuckDBConnection,
  { relation, columns }: Rows,
  file: string,
): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  const names = Object.keys(columns).join(', ');
  const result = await connection.run(
    `copy (select ${names} from ${relation}) to ${literal(file)} (${PARQUET_OPTIONS})`,
  );
  return result.rowsChanged;
}

/** One file for each UTC day of `created_at` that has rows; returns how many there are. */
export async function writeRowsByDay(
  connection: DuckDBConnection,
  { relation, columns }: Rows,
  fileOf: (day: string) => string,
): Promise<number> {
  await connection.run(
    `create or replace temp table batch as from ${relation} order by created_at, session_id`,
  );
  const days = await connection.runAndReadAll(
    "select distinct (created_at at time zone 'UTC')::date::varchar as day from batch order by day",
  );
  let rows = 0;
  for (const [day] of days.getRowsJS() as [string][]) {
    const from = literal(startOf(day));
    const before = literal(startOf(addDays(day, 1)));
    const ofDay = `batch where created_at >= timestamptz ${from} and created_at < timestamptz ${before}`;
    rows += await writeRows(connection, { relation: ofDay, columns }, fileOf(day));
  }
  return rows;
}
