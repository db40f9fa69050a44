// An Arrow column that is being filled out of DuckDB's memory, batch after batch: which of its values
// are null is known here, and what they are by its content, whatever that is.

import * as arrow from 'apache-arrow';
import { BitBuffer } from './arrowBuffers.ts';
import type { RawVector } from './rawVector.ts';

/** Everything of a column but which of its values are null. */
export interface ColumnContent {
  append(raw: RawVector, from: number, to: number): void;
  appendNulls(count: number): void;
  /** Of what cannot be told from the number of rows. */
  byteLength(): number;
  /** What has been appended since the last time. */
  take(): {
    readonly buffers?: Partial<arrow.Data['buffers']>;
    readonly children?: readonly arrow.Data[];
    readonly dictionary?: arrow.Vector;
  };
}

/** A column that is being filled, batch after batch. */
export interface ColumnBuilder {
  append(raw: RawVector, from: number, to: number): void;
  appendNulls(count: number): void;
  byteLength(): number;
  take(): arrow.Data;
}

export function columnBuilder(type: arrow.DataType, content: ColumnContent): ColumnBuilder {
  const known = new BitBuffer();
  let nulls = 0;

  function mark(count: number, areValid: boolean): void {
    known.append(count, areValid);
    if (!areValid) nulls += count;
  }

  return {
    append(raw, from, to) {
      raw.eachStretch(from, to, (start, end, areValid) => mark(end - start, areValid));
      content.append(raw, from, to);
    },
    appendNulls(count) {
      mark(count, false);
      content.appendNulls(count);
    },
    byteLength: () => content.byteLength(),
    take() {
      const { buffers, children = [], dictionary } = content.take();
      const { length } = known;
      const all = { ...buffers, [arrow.BufferType.VALIDITY]: known.take() };
      const data = new arrow.Data(type, 0, length, nulls, all, [...children], dictionary);
      nulls = 0;
      return data;
    },
  };
}
