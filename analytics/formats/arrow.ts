// A result as an Arrow IPC stream: schema first, then one record batch a chunk, so memory is a
// chunk's. A stream that broke off lacks the end marker.

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

export async function* arrowStream(result: DuckDBResult): AsyncGenerator<Uint8Array> {
  const columns = result.columnTypes().map(arrowColumn);
  const fields = columns.map(({ type }, index) => new Field(result.columnName(index), type, true));
  const schema = new Schema(fields);
  const row = new Struct(fields);
  const written = new Written();
  const writer = new RecordBatchStreamWriter().reset(written, schema);
  yield written.take();
  for await (const chunk of result) {
    const children = columns.map(({ data }, index) => data(chunk.getColumnValues(index)));
    writer.write(new RecordBatch(schema, new Data(row, 0, chunk.rowCount, 0, {}, children)));
    yield written.take();
  }
  writer.close();
  yield written.take();
}
