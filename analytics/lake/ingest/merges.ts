// Merged customers (SPEC 2, 7): what is read and what the lake holds, flattened together, so that no
// customer is merged into one that is merged itself. A merge that would close a circle is rejected.

import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Counts } from './request.ts';
import type { Workbench } from './workbench.ts';

const STORED = 'select from_customer_id, to_customer_id from customer_merges';
const READ = 'select from_customer_id, to_customer_id, ordinal from good_merge order by ordinal';

/** Each customer with the one it was merged into. */
type Merges = Map<string, string>;

export interface SettledMerges {
  readonly counts: Counts;
  readonly isChanged: boolean;
}

/**
 * Settles the staged merges, in their order, into the table settled_merge, and notes those that would
 * close a circle. A later merge of the same customer replaces an earlier one.
 */
export async function settleMerges(connection: DuckDBConnection): Promise<SettledMerges> {
  const before: Merges = new Map(await rowsOf<[string, string]>(connection, STORED));
  const merges: Merges = new Map(before);
  const settled = new Set<string>();
  const circular: bigint[] = [];
  const records = await rowsOf<[string, string, bigint]>(connection, READ);
  for (const [from, to, ordinal] of records) {
    if (endOf(merges, to) === from) {
      circular.push(ordinal);
    } else {
      merges.set(from, to);
      settled.add(from);
    }
  }
  for (const from of merges.keys()) endOf(merges, from);
  await fill(
    connection,
    'circular_merge',
    circular.map((ordinal) => [ordinal]),
  );
  await fill(connection, 'settled_merge', merges);
  const written = [...settled].filter((from) => merges.get(from) !== before.get(from)).length;
  return {
    counts: {
      written,
      unchanged: settled.size - written,
      superseded: records.length - circular.length - settled.size,
    },
    isChanged: [...merges].some(([from, to]) => before.get(from) !== to),
  };
}

export async function draftMerges({ connection, layout, publication }: Workbench): Promise<void> {
  const draft = await publication.draft(layout.mergesFile);
  await connection.run(
    `copy (from settled_merge order by from_customer_id)
    to ${literal(draft)} (${PARQUET_OPTIONS}, use_tmp_file false)`,
  );
}

/** The customer at the end of the chain; the chain is shortened on the way. */
function endOf(merges: Merges, customer: string): string {
  const passed: string[] = [];
  let end = customer;
  for (let next = merges.get(end); next !== undefined; next = merges.get(end)) {
    passed.push(end);
    end = next;
  }
  for (const each of passed) merges.set(each, end);
  return end;
}

async function rowsOf<Row>(connection: DuckDBConnection, select: string): Promise<Row[]> {
  const reader = await connection.runAndReadAll(select);
  return reader.getRowsJS() as Row[];
}

async function fill(
  connection: DuckDBConnection,
  table: string,
  rows: Iterable<readonly (string | bigint)[]>,
): Promise<void> {
  const appender = await connection.createAppender(table);
  for (const row of rows) {
    for (const value of row) {
      if (typeof value === 'string') appender.appendVarchar(value);
      else appender.appendBigInt(value);
    }
    appender.endRow();
  }
  appender.closeSync();
}
