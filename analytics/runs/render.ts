// Writes a part of a Run: a segment by DuckDB's own writer, one COPY, bytes never seen here; or chunk
// by chunk where DuckDB cannot write the format. Plans nothing and keeps nothing.

import { open, rm } from 'node:fs/promises';
import { listValue } from '@duckdb/node-api';
import { literal } from '../engine/open.ts';
import { execute, withConnection } from '../engine/statement.ts';
import type { Columns } from '../formats/columns.ts';
import { formatOf } from '../formats/format.ts';
import type { Organisation } from '../lake/organisation.ts';
import type { RunPlan, Segment } from './plan.ts';
import { pointAt, reportCall } from './segmentStatement.ts';
import type { Snapshot } from './snapshot.ts';
import type { HeldPart } from './spool.ts';

async function writeChunks(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const chunk of chunks) await file.write(chunk);
  } finally {
    await file.close();
  }
}

/** Of a file that is written and read again at once: no time for smallness, nor memory for large groups. */
const COPY_OPTIONS = 'format parquet, compression uncompressed, row_group_size 10240';

/** Writes the segment's rows without a header and says how many there are. */
export async function renderSegment(
  organisation: Organisation,
  plan: RunPlan,
  segment: Segment,
  snapshot: Snapshot,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const { query, values } = reportCall(plan, segment);
  const setup = pointAt(segment, snapshot.pathOf);
  const { writer } = formatOf(plan.run.parameters).segmentFormat;
  if ('copyOptions' in writer) {
    const options = writer.copyOptions(plan.run.parameters);
    const sql = `copy (${query}) to $path (${options})`;
    const statement = { setup, sql, values: { ...values, path } };
    const reader = await execute(organisation.connections, statement, signal);
    return Number(reader.getRows()[0]?.[0]);
  }
  const copy = `${path}.parquet`;
  try {
    return await withConnection(organisation.connections, setup, signal, async (connection) => {
      let rows = 0;
      // A result that is read while it is computed ends like a whole one where an error comes late.
      await connection.run(`copy (${query}) to $copy (${COPY_OPTIONS})`, { ...values, copy });
      const result = await connection.stream('from read_parquet($copy::varchar)', { copy });
      const chunks = writer.encode(result, plan.run.parameters, (more) => {
        rows += more;
      });
      await writeChunks(path, chunks);
      signal.throwIfAborted(); // and so does one that is interrupted
      return rows;
    });
  } finally {
    await rm(copy, { force: true });
  }
}

/**
 * Copies the segments' files into one, in their order; without any, one that has the columns. The join
 * makes DuckDB's chunks full, which end where the files do, and with them row groups of one size: the
 * same ones however the rows are cut into segments.
 */
export async function assemble(
  organisation: Organisation,
  plan: RunPlan,
  parts: readonly Pick<HeldPart, 'path' | 'rows'>[],
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const { assembleOptions } = formatOf(plan.run.parameters).segmentFormat;
  if (assembleOptions === undefined) throw new Error('Cannot assemble what needs no assembling');
  const empty = reportCall(plan, undefined);
  const from =
    parts.length > 0
      ? {
          query: `select parts.* from read_parquet($paths::varchar[]) as parts
            positional join range($rows::bigint)`,
          values: {
            paths: listValue(parts.map((part) => part.path)),
            rows: parts.reduce((sum, { rows }) => sum + rows, 0),
          },
        }
      : { query: `${empty.query} limit 0`, values: empty.values };
  const sql = `copy (${from.query}) to ${literal(path)} (${assembleOptions})`;
  const setup = pointAt(undefined, ({ path: unused }) => unused);
  const statement = { setup, sql, values: from.values };
  const reader = await execute(organisation.connections, statement, signal);
  return Number(reader.getRows()[0]?.[0]);
}

/** The report's columns for this Run, from the SQL itself. */
export async function reportColumns(organisation: Organisation, plan: RunPlan): Promise<Columns> {
  const { query, values } = reportCall(plan, undefined);
  const setup = pointAt(undefined, ({ path }) => path);
  return execute(organisation.connections, { setup, sql: `${query} limit 0`, values });
}
