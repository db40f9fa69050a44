// What is said about records that could not be taken as they are. The rejects file holds the records
// themselves and is the user's own; everything else only says where they stand.

import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stringify } from 'csv-stringify';
import type { Remarks } from './request.ts';

const REMARKS_SHOWN = 5;
const COLUMNS = ['source', 'line', 'field', 'reason', 'record'];

export function rejections(connection: DuckDBConnection): Promise<Remarks> {
  return remarks(
    connection,
    `select source, line, field || ' ' || reason as said from rejected_record`,
  );
}

/** Records that said both resolved and handed off. */
export function contradictions(connection: DuckDBConnection): Promise<Remarks> {
  return remarks(
    connection,
    `select source, line, 'says both resolved and handed off' as said
    from placed_row where contradicts_itself`,
  );
}

async function remarks(connection: DuckDBConnection, select: string): Promise<Remarks> {
  const counted = await connection.runAndReadAll(`select count(*) from (${select})`);
  const shown = await connection.runAndReadAll(
    `from (${select}) order by source, line limit ${REMARKS_SHOWN}`,
  );
  return {
    count: Number(counted.getRows()[0]?.[0]),
    first: shown.getRows().map(([source, line, said]) => ({
      source: String(source),
      line: Number(line),
      text: String(said),
    })),
  };
}

/** Writes the rejects file; with nothing but its header when nothing was rejected. */
export async function writeRejects(connection: DuckDBConnection, file: string): Promise<void> {
  const result = await connection.stream(
    `select source, line::varchar, field, reason, raw from rejected_record
    order by source, line`,
  );
  await pipeline(
    rowsOf(result.yieldRows()),
    stringify({ header: true, columns: COLUMNS }),
    createWriteStream(file),
  );
}

async function* rowsOf<Row>(chunks: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const rows of chunks) yield* rows;
}
