// Columns that hold columns as the content of an Arrow column: lists, arrays, maps and structs.

import * as arrow from 'apache-arrow';
import { OffsetBuffer } from './arrowBuffers.ts';
import type { ColumnBuilder, ColumnContent } from './arrowContent.ts';
import { arrayItems, listItems, type RawVector, structField } from './rawVector.ts';

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
      const extents = extentsOf(raw);
      let first = 0;
      let last = 0;
      for (let index = from; index < to; index += 1) {
        if (raw.isValid(index)) {
          if (extents.start(index) !== last) {
            item.append(extents.items, first, last);
            first = extents.start(index);
            last = first;
          }
          last += extents.count(index);
          end += extents.count(index);
        }
        ends.append(end);
      }
      item.append(extents.items, first, last);
    },
    appendNulls(count) {
      for (let index = 0; index < count; index += 1) ends.append(end);
    },
    byteLength: () => item.byteLength(),
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
