// A result as an Arrow IPC stream: schema first, then one record batch a chunk, so memory is a
// chunk's; batches of several results with the same columns can follow one schema. A stream that
// broke off lacks the end marker.

import type { DuckDBResult } from '@duckdb/node-api';
import {
  AsyncByteQueue,
  Data,
  Field,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow';
import { arrowColumn } from './arrowColumn.ts';

/** End of stream: continuation marker and a length of nothing. */
export const ARROW_END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

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

type Columns = Pick<DuckDBResult, 'columnNames' | 'columnTypes'>;

/** A writer to which the schema has been written. */
function open(result: Columns) {
  const columns = result.columnTypes().map(arrowColumn);
  const names = result.columnNames();
  const fields = columns.map(({ type }, index) => new Field(names[index] ?? '', type, true));
  const schema = new Schema(fields);
  const written = new Written();
  const writer = new RecordBatchStreamWriter().reset(written, schema);
  return { columns, schema, row: new Struct(fields), written, writer };
}

export function arrowSchema(result: Columns): Uint8Array {
  return open(result).written.take();
}

/** Tells how many rows each batch has. */
export async function* arrowBatches(
  result: DuckDBResult,
  count: (rows: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const { columns, schema, row, written, writer } = open(result);
  written.take();
  for await (const chunk of result) {
    const children = columns.map(({ data }, index) => data(chunk.getColumnValues(index)));
    count(chunk.rowCount);
    writer.write(new RecordBatch(schema, new Data(row, 0, chunk.rowCount, 0, {}, children)));
    yield written.take();
  }
}

export async function* arrowStream(result: DuckDBResult): AsyncGenerator<Uint8Array> {
  yield arrowSchema(result);
  yield* arrowBatches(result);
  yield ARROW_END;
}
