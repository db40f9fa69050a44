// What an Arrow column is filled with, out of DuckDB's memory. The same in every run: where DuckDB has
// a null there may be anything, and here there is nothing.

import * as arrow from 'apache-arrow';
import { BitBuffer, ByteBuffer, OffsetBuffer } from './arrowBuffers.ts';
import { arrayItems, listItems, type RawVector, structField } from './rawVector.ts';

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
    byteLength: content.byteLength,
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

const nothing = () => 0;

export function booleans(): ColumnContent {
  const flags = new BitBuffer();
  return {
    append(raw, from, to) {
      const bytes = raw.bytes(1);
      for (let index = from; index < to; index += 1) {
        flags.append(1, raw.isValid(index) && bytes[index] === 1);
      }
    },
    appendNulls: (count) => flags.append(count, false),
    byteLength: nothing,
    take: () => ({ buffers: { [arrow.BufferType.DATA]: flags.take() } }),
  };
}

/** Values that DuckDB and Arrow have the same bytes for. */
export function sameBytes(type: arrow.DataType, bytesEach: number): ColumnContent {
  const values = new ByteBuffer();
  return {
    append(raw, from, to) {
      const bytes = raw.bytes(bytesEach);
      raw.eachStretch(from, to, (start, end, areValid) => {
        if (areValid) values.append(bytes, start * bytesEach, end * bytesEach);
        else values.appendZeros((end - start) * bytesEach);
      });
    },
    appendNulls: (count) => values.appendZeros(count * bytesEach),
    byteLength: nothing,
    take: () => ({ buffers: { [arrow.BufferType.DATA]: typed(type, values.take()) } }),
  };
}

const ARROW_DECIMAL_BYTES = 16;

/** Bytes of DuckDB's decimals; Arrow's have 16, of which further ones repeat the sign. */
export function decimals(type: arrow.Decimal, bytesEach: number): ColumnContent {
  const values = new ByteBuffer();
  return {
    append(raw, from, to) {
      const bytes = raw.bytes(bytesEach);
      raw.eachStretch(from, to, (start, end, areValid) => {
        if (!areValid) return values.appendZeros((end - start) * ARROW_DECIMAL_BYTES);
        for (let index = start; index < end; index += 1) {
          const place = index * bytesEach;
          const isNegative = (bytes[place + bytesEach - 1] ?? 0) >= 0x80;
          values.append(bytes, place, place + bytesEach);
          const rest = values.reserve(ARROW_DECIMAL_BYTES - bytesEach);
          values.bytes.fill(isNegative ? 0xff : 0, rest, values.length);
        }
      });
    },
    appendNulls: (count) => values.appendZeros(count * ARROW_DECIMAL_BYTES),
    byteLength: nothing,
    take: () => ({ buffers: { [arrow.BufferType.DATA]: typed(type, values.take()) } }),
  };
}

/** The bytes as the library wants them. */
function typed(type: arrow.DataType, bytes: Uint8Array): ArrayBufferView {
  const { ArrayType } = type;
  return new ArrayType(
    bytes.buffer,
    bytes.byteOffset,
    bytes.byteLength / ArrayType.BYTES_PER_ELEMENT,
  );
}

/** Where the items of each list begin in the vector that holds those of all, and how many they are. */
interface Extents {
  readonly items: RawVector;
  start(index: number): number;
  count(index: number): number;
}

/** In a vector of lists: two numbers of 8 bytes each; no vector has as many items as need more than 4. */
export function listExtents(raw: RawVector): Extents {
  const bytes = raw.bytes(16);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 4 * raw.length);
  return {
    items: listItems(raw),
    start: (index) => words[4 * index] ?? 0,
    count: (index) => words[4 * index + 2] ?? 0,
  };
}

export function arrayExtents(raw: RawVector, itemsEach: number): Extents {
  return {
    items: arrayItems(raw, itemsEach),
    start: (index) => index * itemsEach,
    count: () => itemsEach,
  };
}

export function lists(item: ColumnBuilder, extentsOf: (raw: RawVector) => Extents): ColumnContent {
  const ends = new OffsetBuffer();
  let end = 0;
  return {
    append(raw, from, to) {
      const { items, start, count } = extentsOf(raw);
      let first = 0;
      let last = 0;
      for (let index = from; index < to; index += 1) {
        if (raw.isValid(index)) {
          if (start(index) !== last) {
            item.append(items, first, last);
            first = start(index);
            last = first;
          }
          last += count(index);
          end += count(index);
        }
        ends.append(end);
      }
      item.append(items, first, last);
    },
    appendNulls(count) {
      for (let index = 0; index < count; index += 1) ends.append(end);
    },
    byteLength: item.byteLength,
    take() {
      end = 0;
      return { buffers: { [arrow.BufferType.OFFSET]: ends.take() }, children: [item.take()] };
    },
  };
}

export function structs(fields: readonly ColumnBuilder[]): ColumnContent {
  return {
    append(raw, from, to) {
      for (const [place, field] of fields.entries()) {
        const values = structField(raw, place);
        raw.eachStretch(from, to, (start, end, areValid) => {
          if (areValid) field.append(values, start, end);
          else field.appendNulls(end - start);
        });
      }
    },
    appendNulls(count) {
      for (const field of fields) field.appendNulls(count);
    },
    byteLength: () => fields.reduce((sum, field) => sum + field.byteLength(), 0),
    take: () => ({ children: fields.map((field) => field.take()) }),
  };
}
