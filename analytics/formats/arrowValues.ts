// Values of one size as the content of an Arrow column. The same in every run: where DuckDB has a null
// there may be anything, and here there is nothing.

import * as arrow from 'apache-arrow';
import { BitBuffer, ByteBuffer } from './arrowBuffers.ts';
import type { ColumnContent } from './arrowContent.ts';

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
