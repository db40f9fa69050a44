// A result as aligned text for people: its first rows, and how many there are in all; on a terminal no
// wider than that. Nothing that a cell holds can move the cursor or hide its neighbours.

import { type DuckDBResult, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api';
import { fitColumns } from './columnWidths.ts';
import { displayWidth, startThatFits } from './displayWidth.ts';
import { valueText } from './valueText.ts';

export const ROWS_SHOWN = 100;

const GAP = '  ';

const NUMERIC: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

const LINE_BREAK = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/g;
const CONTROL = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;

export interface TableOptions {
  /** Rows shown; the rest is counted. */
  readonly rows?: number | undefined;
  /** Columns of the terminal; without one nothing is cut. */
  readonly width?: number | undefined;
  /** Of the columns, where they are not those of the result. */
  readonly names?: readonly string[];
}

function onOneLine(text: string): string {
  return text.replaceAll(LINE_BREAK, '↵').replaceAll(CONTROL, '·');
}

function cell(value: DuckDBValue): string {
  return value === null ? 'NULL' : onOneLine(valueText(value));
}

/** Of exactly that width: cut with an ellipsis, or filled up with spaces. */
function fitted(text: string, width: number, isRight: boolean): string {
  const own = displayWidth(text);
  const shown = own > width ? `${startThatFits(text, width - 1)}…` : text;
  const padding = ' '.repeat(width - displayWidth(shown));
  return isRight ? padding + shown : shown + padding;
}

/** Reads the result to its end, to count it, and keeps only the rows that are shown. */
export async function* tableText(
  result: DuckDBResult,
  { rows: rowsShown = ROWS_SHOWN, width, names = result.columnNames() }: TableOptions = {},
): AsyncGenerator<string> {
  const header = names.map(onOneLine);
  const body: string[][] = [];
  let rows = 0;
  for await (const chunk of result) {
    if (body.length < rowsShown) {
      const shown = chunk.getRows().slice(0, rowsShown - body.length);
      body.push(...shown.map((row) => row.map(cell)));
    }
    rows += chunk.rowCount;
  }

  const isNumeric = result.columnTypes().map(({ typeId }) => NUMERIC.has(typeId));
  const columns = header.map((name, column) => ({
    name: displayWidth(name),
    cells: Math.max(0, ...body.map((row) => displayWidth(row[column] ?? ''))),
    isWhole: isNumeric[column] ?? false,
  }));
  const widths = fitColumns(columns, GAP.length, width);
  const line = (cells: readonly string[]) =>
    widths
      .map((each, column) => fitted(cells[column] ?? '', each, isNumeric[column] ?? false))
      .join(GAP)
      .trimEnd();
  const rule = widths.map((each) => '─'.repeat(each)).join(GAP);
  const count = countText(
    { shown: body.length, all: rows },
    { shown: widths.length, all: header.length },
  );
  yield `${[line(header), rule, ...body.map(line), '', count].join('\n')}\n`;
}

interface Count {
  readonly shown: number;
  readonly all: number;
}

function countText(rows: Count, columns: Count): string {
  const parts = [];
  if (rows.shown < rows.all) parts.push(`${rows.shown} of ${rows.all} rows`);
  else parts.push(rows.all === 1 ? '1 row' : `${rows.all} rows`);
  if (columns.shown < columns.all) parts.push(`${columns.shown} of ${columns.all} columns`);
  const isCut = rows.shown < rows.all || columns.shown < columns.all;
  return parts.join(', ') + (isCut ? '; --format csv writes them all' : '');
}
