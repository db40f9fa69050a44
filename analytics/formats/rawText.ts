// The texts and blobs of a DuckDB vector (duckdb.h, `duckdb_string_t`): 16 bytes each, a length of 4 and
// then the text itself if it has at most 12; else 4 of its bytes and a pointer to all of them.

import duckdb from '@duckdb/node-bindings';
import type { RawVector } from './rawVector.ts';

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

/** Some of DuckDB's memory, and the address it begins at. */
interface Stretch {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The last stretch that was fetched of a vector, for whoever goes on behind it. */
const lastFetched = new WeakMap<RawVector, Stretch>();

const NO_STRETCH: Stretch = { address: 0, bytes: new Uint8Array() };

/**
 * Values of a vector that lie one behind the other in memory are fetched together: DuckDB mostly puts
 * them so, and each fetch makes a buffer. No byte is touched that belongs to none of them.
 */
export function visitTexts(raw: RawVector, from: number, to: number, visitor: TextVisitor): void {
  const slots = raw.bytes(BYTES_EACH);
  const words = new Uint32Array(slots.buffer, slots.byteOffset, raw.length * WORDS_EACH);
  const lengthOf = (index: number) => words[index * WORDS_EACH] ?? 0;
  const addressOf = (index: number) => {
    const place = index * WORDS_EACH + POINTER_BYTE / 4;
    return (words[place] ?? 0) + (words[place + 1] ?? 0) * HIGH_WORD;
  };

  /** From the long value at this index on, all that lie together. */
  function fetch(first: number): Stretch {
    const address = addressOf(first);
    let end = address + lengthOf(first);
    for (let index = first + 1; index < raw.length; index += 1) {
      if (!raw.isValid(index) || lengthOf(index) <= LONGEST_INLINE) continue;
      if (addressOf(index) !== end) break;
      end += lengthOf(index);
    }
    const pointer = slots.byteOffset + first * BYTES_EACH + POINTER_BYTE;
    const buffer = slots.buffer as ArrayBuffer;
    return { address, bytes: duckdb.get_data_from_pointer(buffer, pointer, end - address) };
  }

  let stretch = lastFetched.get(raw) ?? NO_STRETCH;
  for (let index = from; index < to; index += 1) {
    const length = lengthOf(index);
    if (!raw.isValid(index)) {
      visitor.none();
    } else if (length <= LONGEST_INLINE) {
      const start = index * BYTES_EACH + BYTES_EACH - LONGEST_INLINE;
      visitor.text(slots, start, start + length);
    } else {
      let start = addressOf(index) - stretch.address;
      if (start < 0 || start + length > stretch.bytes.length) {
        stretch = fetch(index);
        start = 0;
      }
      visitor.text(stretch.bytes, start, start + length);
    }
  }
  lastFetched.set(raw, stretch);
}
