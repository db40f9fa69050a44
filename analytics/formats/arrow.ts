// A result as an Arrow IPC stream: schema first, then record batches, so memory is a batch's. Batches of
// several results with the same columns can follow one schema, because each brings its dictionaries
// with it. A stream that broke off lacks the end marker.

import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import {
  AsyncByteQueue,
  Data,
  Field,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { type ArrowColumn, arrowColumn, repeatingTexts } from './arrowColumn.ts';
import { MOST_CODES } from './arrowTexts.ts';
import type { Columns } from './columns.ts';
import { columnVector } from './rawVector.ts';

/** End of stream: continuation marker and a length of nothing. */
export const ARROW_END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

const MOST_ROWS = MOST_CODES;

/** Of a batch that is full; it is looked at after each so many rows. */
const FULL_BYTES = 16 * 1024 * 1024;
const STEP_ROWS = 256;

/** Hands out at once what was written to it; the library's own queue makes its reader wait. */
class Written extends AsyncByteQueue {
  readonly #parts: Uint8Array[] = [];

  override write(part: Uint8Array): void {
    this.#parts.push(part);
  }

  take(): Uint8Array {
    return Buffer.concat(this.#parts.splice(0));
  }
}

export interface ArrowOptions {
  /** In which instants are shown. */
  readonly zone: string;
  /** Names of columns that are written with a dictionary. */
  readonly repeating?: ReadonlySet<string>;
  /**
   * True when the first column is no part of the stream, but a date: where it changes a new batch
   * begins. So the same rows are the same batches, however many results they come in.
   */
  readonly isSplitByFirst?: boolean;
  /** Is told how many rows each chunk has. */
  readonly count?: (rows: number) => void;
}

/** A writer to which the schema has been written. */
function open(result: Columns, { zone, repeating, isSplitByFirst }: ArrowOptions) {
  const hidden = isSplitByFirst ? 1 : 0;
  const names = result.columnNames().slice(hidden);
  const columns = result
    .columnTypes()
    .slice(hidden)
    .map((type, index): ArrowColumn => {
      const name = names[index] ?? '';
      const found = repeating?.has(name) ? repeatingTexts(index) : arrowColumn(type, zone);
      if (found !== undefined) return found;
      throw new Error(`Cannot write the column "${name}" to Arrow: its type is ${String(type)}`);
    });
  const fields = columns.map(({ type }, index) => new Field(names[index] ?? '', type, true));
  const schema = new Schema(fields);
  const written = new Written();
  const writer = new RecordBatchStreamWriter().reset(written, schema);
  return { columns, schema, row: new Struct(fields), written, writer, hidden };
}

export function arrowSchema(result: Columns, options: ArrowOptions): Uint8Array {
  return open(result, options).written.take();
}

const DATE_BYTES = 4;

/** Where the date changes in a chunk, after a row. */
function dateReader(chunk: DuckDBDataChunk) {
  const bytes = columnVector(chunk, 0).bytes(DATE_BYTES);
  const days = new Int32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount);
  return {
    at: (row: number) => days[row],
    last(from: number, to: number): number {
      let end = from + 1;
      while (end < to && days[end] === days[from]) end += 1;
      return end;
    },
  };
}

export async function* arrowBatches(
  result: DuckDBResult,
  options: ArrowOptions,
): AsyncGenerator<Uint8Array> {
  const { columns, schema, row, written, writer, hidden } = open(result, options);
  written.take();
  const builders = columns.map((column) => column.open());
  let rows = 0;
  let day: number | undefined;

  function finish(): Uint8Array {
    const children = builders.map((builder) => builder.take());
    writer.write(new RecordBatch(schema, new Data(row, 0, rows, 0, {}, children)));
    rows = 0;
    return written.take();
  }

  function isFull(): boolean {
    if (rows === MOST_ROWS) return true;
    return builders.reduce((sum, builder) => sum + builder.byteLength(), 0) >= FULL_BYTES;
  }

  for await (const chunk of result) {
    const { rowCount } = chunk;
    const vectors = builders.map((_, index) => columnVector(chunk, index + hidden));
    const dates = hidden > 0 ? dateReader(chunk) : undefined;
    let to = 0;
    for (let from = 0; from < rowCount; from = to) {
      if (rows > 0 && dates?.at(from) !== day) yield finish();
      day = dates?.at(from);
      const step = Math.min(rowCount, from + STEP_ROWS - (rows % STEP_ROWS));
      to = dates?.last(from, step) ?? step;
      for (const [index, vector] of vectors.entries()) builders[index]?.append(vector, from, to);
      rows += to - from;
      if (isFull()) yield finish();
    }
    options.count?.(chunk.rowCount); // and the chunk, whose memory all this was, is still there
  }
  if (rows > 0) yield finish();
}

export async function* arrowStream(
  result: DuckDBResult,
  options: ArrowOptions,
): AsyncGenerator<Uint8Array> {
  yield arrowSchema(result, options);
  yield* arrowBatches(result, options);
  yield ARROW_END;
}
