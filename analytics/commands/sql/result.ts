// The result of a script's last statement, in the form that was asked for.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import {
  type DuckDBPreparedStatement,
  type DuckDBResult,
  ResultReturnType,
  StatementType,
} from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import type { Preparer } from '../../engine/preparer.ts';
import { CommandFailure } from '../../failure.ts';
import { arrowStream } from '../../formats/arrow.ts';
import type { Columns } from '../../formats/columns.ts';
import { csvCopyOptions, csvHeader } from '../../formats/csv.ts';
import { exactly, JSON_LINES, TYPED } from '../../formats/exactly.ts';
import { tableText } from '../../formats/table.ts';
import { PARQUET_OPTIONS } from '../../lake/parquet.ts';

export const FORMATS = ['table', 'csv', 'jsonl', 'parquet', 'arrow'] as const;

export type Format = (typeof FORMATS)[number];
export type Output = AsyncIterable<Uint8Array | string, void, undefined>;

export interface Form {
  readonly format: Format;
  /** Of a table. */
  readonly rows: number | undefined;
  readonly width: number | undefined;
  /** What of the statement instead of its result. */
  readonly plan: 'explain' | 'explain analyze' | undefined;
  /** For files that DuckDB writes on the way. */
  readonly folder: string;
}

const CSV = { excel: false };

/** Formats that have not all that DuckDB has. */
const LACKS = { jsonl: JSON_LINES, parquet: TYPED, arrow: TYPED };

/** Formats that DuckDB writes itself, as options of a COPY. */
const COPY_OPTIONS = {
  csv: csvCopyOptions(CSV),
  jsonl: 'format json',
  parquet: PARQUET_OPTIONS,
};

/** Runs the statement; undefined when it has no result. */
export async function resultOf(
  preparer: Preparer,
  statement: string,
  prepared: DuckDBPreparedStatement,
  { format, rows, width, plan, folder }: Form,
): Promise<Output | undefined> {
  if (format === 'table') {
    if (prepared.statementType === StatementType.EXPLAIN) return planText(prepared);
    if (plan !== undefined) return planText(await preparer.prepareOwn(`${plan} ${statement}`));
    const result = await prepared.stream();
    return hasRows(result) ? tableText(result, { rows, width }) : undefined;
  }
  if (prepared.statementType !== StatementType.SELECT) {
    if (!hasRows(await prepared.stream())) return undefined;
    throw new CommandFailure(
      `Cannot write the result of this statement as ${format}: write it as table, or select from it`,
    );
  }
  const query =
    format === 'csv'
      ? statement
      : exactly(statement, await columnsOf(preparer, statement), format, LACKS[format]);
  if (format === 'arrow') {
    const result = await (await preparer.prepareOwn(query)).stream();
    return arrowStream(result, { zone: 'UTC' });
  }
  const path = join(folder, `result.${format}`);
  const copy = await preparer.prepareOwn(
    `copy (${query}\n) to ${literal(path)} (${COPY_OPTIONS[format]})`,
  );
  await copy.run();
  return format === 'csv' ? withHeader(prepared, path) : createReadStream(path);
}

function hasRows({ returnType }: DuckDBResult): boolean {
  return returnType === ResultReturnType.QUERY_RESULT;
}

/** What a prepared statement does not know while its parameters have no values. */
async function columnsOf(preparer: Preparer, statement: string): Promise<Columns> {
  return (await preparer.prepareOwn(`from (${statement}\n) limit 0`)).run();
}

/** DuckDB's own drawing of it, behind the name of what is drawn. */
async function* planText(explain: DuckDBPreparedStatement): Output {
  for (const [, drawing] of (await explain.runAndReadAll()).getRows()) {
    yield `${String(drawing).trimEnd()}\n`;
  }
}

async function* withHeader(prepared: DuckDBPreparedStatement, path: string): Output {
  const columns = Array.from({ length: prepared.columnCount }, (_, index) =>
    prepared.columnName(index),
  );
  yield csvHeader(columns, CSV);
  yield* createReadStream(path);
}
