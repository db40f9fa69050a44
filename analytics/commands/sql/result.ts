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
import type { Prepared, Preparer } from '../../engine/preparer.ts';
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
  { prepared, isOne }: Prepared,
  { format, rows, width, plan, folder }: Form,
): Promise<Output | undefined> {
  const { statementType } = prepared;
  if (format === 'table') {
    if (statementType === StatementType.EXPLAIN) return planText(prepared);
    if (plan !== undefined) return planText(await preparer.prepareOwn(`${plan} ${statement}`));
  }
  if (statementType !== StatementType.SELECT) {
    const result = await prepared.run();
    if (result.returnType !== ResultReturnType.QUERY_RESULT) return undefined;
    if (format === 'table') return tableText(result, { rows, width });
    throw new CommandFailure(
      `Cannot write the result of this statement as ${format}: write it as table, or select from it`,
    );
  }
  if (format === 'table') {
    const result = await wholeResult(preparer, statement, isOne);
    return tableText(result, { rows, width, names: namesOf(prepared) });
  }
  const query =
    format === 'csv'
      ? statement
      : exactly(statement, await columnsOf(preparer, statement), format, LACKS[format]);
  if (format === 'arrow') {
    return arrowStream(await wholeResult(preparer, query, isOne), { zone: 'UTC' });
  }
  const path = join(folder, `result.${format}`);
  const copy = await preparer.prepareOwn(
    `copy (${query}\n) to ${literal(path)} (${COPY_OPTIONS[format]})`,
  );
  await copy.run();
  return format === 'csv' ? withHeader(prepared, path) : createReadStream(path);
}

/** Apart from whatever the SQL itself makes and looks at. */
const OWN_SCHEMA = 'result_of_ai_sessions_sql';

/**
 * A result to read in pieces that has come to its end: one that is read while it is computed just ends
 * where an error does, and nothing tells. A table holds it, because that may lie on disk; a pivot, which
 * DuckDB makes no table of, lies in memory.
 */
async function wholeResult(
  preparer: Preparer,
  query: string,
  isOne: boolean,
): Promise<DuckDBResult> {
  if (!isOne) return (await preparer.prepareOwn(query)).run();
  await (await preparer.prepareOwn(`create schema ${OWN_SCHEMA}`)).run();
  const table = `${OWN_SCHEMA}.result`;
  await (await preparer.prepareOwn(`create table ${table} as from (${query}\n)`)).run();
  return (await preparer.prepareOwn(`from ${table}`)).stream();
}

function namesOf(prepared: DuckDBPreparedStatement): string[] {
  return Array.from({ length: prepared.columnCount }, (_, index) => prepared.columnName(index));
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
  yield csvHeader(namesOf(prepared), CSV);
  yield* createReadStream(path);
}
