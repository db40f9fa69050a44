// A result as aligned text for people: its first rows, and how many there are in all. Nothing that a
// cell holds can move the cursor or hide its neighbours.

import { type DuckDBResult, DuckDBTypeId, type DuckDBValue } from '@duckdb/node-api';
import { valueText } from './valueText.ts';

const ROWS_SHOWN = 100;

/** In columns of the terminal: enough for an ID and the start of a sentence. */
const WIDEST_CELL = 40;

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

/** What terminals give two columns: the East Asian wide blocks, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F)/u;

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

interface Cell {
  readonly text: string;
  readonly width: number;
}

/** The text on one line, cut to the widest cell. */
function cell(text: string): Cell {
  const line = text.replaceAll(LINE_BREAK, '↵').replaceAll(CONTROL, '·');
  let shown = '';
  let width = 0;
  for (const { segment } of characters.segment(line)) {
    const next = width + (WIDE.test(segment) ? 2 : 1);
    if (next > WIDEST_CELL) return { text: `${shown}…`, width: width + 1 };
    shown += segment;
    width = next;
  }
  return { text: shown, width };
}

function valueCell(value: DuckDBValue): Cell {
  return cell(value === null ? 'NULL' : valueText(value));
}

/** Reads the result to its end, to count it, and keeps only the rows that are shown. */
export async function* tableText(result: DuckDBResult): AsyncGenerator<string> {
  const lines: Cell[][] = [result.columnNames().map(cell)];
  let rows = 0;
  for await (const chunk of result) {
    if (rows < ROWS_SHOWN) {
      const shown = chunk.getRows().slice(0, ROWS_SHOWN - rows);
      lines.push(...shown.map((row) => row.map(valueCell)));
    }
    rows += chunk.rowCount;
  }

  const widths = result
    .columnNames()
    .map((_, column) => Math.max(...lines.map((line) => line[column]?.width ?? 0)));
  const isNumeric = result.columnTypes().map(({ typeId }) => NUMERIC.has(typeId));
  const aligned = ({ text, width }: Cell, column: number) => {
    const padding = ' '.repeat((widths[column] ?? 0) - width);
    return isNumeric[column] ? padding + text : text + padding;
  };
  const [header, ...body] = lines.map((line) => line.map(aligned).join('  ').trimEnd());
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  yield `${[header, rule, ...body, '', countText(rows)].join('\n')}\n`;
}

function countText(rows: number): string {
  if (rows > ROWS_SHOWN) return `${ROWS_SHOWN} of ${rows} rows; --format csv writes them all`;
  return rows === 1 ? '1 row' : `${rows} rows`;
}
