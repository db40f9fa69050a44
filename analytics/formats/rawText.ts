// The texts and blobs of a DuckDB vector (duckdb.h, `duckdb_string_t`): 16 bytes each, a length of 4 and
// then the text itself if it has at most 12; else 4 of its bytes and a pointer to all of them.

import duckdb from '@duckdb/node-bindings';
import { isValid, type RawVector, vectorBytes } from './rawVector.ts';

const BYTES_EACH = 16;
const WORDS_EACH = 4;
const LONGEST_INLINE = 12;
const POINTER_BYTE = 8;
const HIGH_WORD = 2 ** 32;

/** Is told where each value lies; of a null, nothing. */
export interface TextVisitor {
  text(source: Uint8Array, start: number, end: number): void;
  none(): void;
}

/**
 * Values of a vector that lie one behind the other in memory are fetched together: DuckDB mostly puts
 * them so, and each fetch makes a buffer. No byte is touched that belongs to none of them.
 */
export function visitTexts(raw: RawVector, from: number, to: number, visitor: TextVisitor): void {
  const slots = vectorBytes(raw, BYTES_EACH);
  const words = new Uint32Array(slots.buffer, slots.byteOffset, raw.length * WORDS_EACH);
  const lengthOf = (index: number) => words[index * WORDS_EACH] ?? 0;
  const pointerOf = (index: number) => {
    const place = index * WORDS_EACH + POINTER_BYTE / 4;
    return (words[place] ?? 0) + (words[place + 1] ?? 0) * HIGH_WORD;
  };

  /** From the long value at this index on, all that lie together. */
  function fetch(first: number): Uint8Array {
    const start = pointerOf(first);
    let end = start + lengthOf(first);
    for (let index = first + 1; index < to; index += 1) {
      if (!isValid(raw, index) || lengthOf(index) <= LONGEST_INLINE) continue;
      if (pointerOf(index) !== end) break;
      end += lengthOf(index);
    }
    const pointer = slots.byteOffset + first * BYTES_EACH + POINTER_BYTE;
    return duckdb.get_data_from_pointer(slots.buffer as ArrayBuffer, pointer, end - start);
  }

  let fetched: Uint8Array = slots;
  let next = 0;
  let left = 0;
  for (let index = from; index < to; index += 1) {
    const length = lengthOf(index);
    if (!isValid(raw, index)) {
      visitor.none();
    } else if (length <= LONGEST_INLINE) {
      const start = index * BYTES_EACH + BYTES_EACH - LONGEST_INLINE;
      visitor.text(slots, start, start + length);
    } else {
      if (left === 0) {
        fetched = fetch(index);
        next = 0;
        left = fetched.length;
      }
      visitor.text(fetched, next, next + length);
      next += length;
      left -= length;
    }
  }
}
