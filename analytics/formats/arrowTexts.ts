// Texts of an Arrow column, as they are or each different one once, with the place of each value's in
// this dictionary. Both are of one batch: the next one begins anew, so that it stands for itself.

import * as arrow from 'apache-arrow';
import { ByteBuffer, OffsetBuffer } from './arrowBuffers.ts';
import type { ColumnContent } from './arrowContent.ts';
import { visitTexts } from './rawText.ts';

/** From here on one call costs less than a loop. */
const LONG = 32;

const NOTHING: Uint8Array = new Uint8Array();

/** Copies texts that lie one behind the other with one call, and so holds on to where they lie. */
class TextBuffer {
  readonly bytes = new ByteBuffer();
  readonly ends = new OffsetBuffer();
  #source = NOTHING;
  #from = 0;
  #to = 0;
  #end = 0;

  get byteLength(): number {
    return this.#end;
  }

  append(source: Uint8Array, from: number, to: number): void {
    if (source !== this.#source || from !== this.#to) {
      this.copy();
      this.#source = source;
      this.#from = from;
    }
    this.#to = to;
    this.#end += to - from;
    this.ends.append(this.#end);
  }

  appendEmpty(): void {
    this.ends.append(this.#end);
  }

  /** Copies what has been appended: afterwards it may go. */
  copy(): void {
    const { bytes } = this;
    const source = this.#source;
    if (this.#to - this.#from >= LONG) {
      bytes.append(source, this.#from, this.#to);
    } else {
      let place = bytes.reserve(this.#to - this.#from);
      const target = bytes.bytes;
      for (let index = this.#from; index < this.#to; index += 1) {
        target[place] = source[index] ?? 0;
        place += 1;
      }
    }
    this.#source = NOTHING;
    this.#from = 0;
    this.#to = 0;
  }

  take() {
    this.#end = 0;
    return {
      [arrow.BufferType.OFFSET]: this.ends.take(),
      [arrow.BufferType.DATA]: this.bytes.take(),
    };
  }
}

export function texts(): ColumnContent {
  const all = new TextBuffer();
  const visitor = {
    text: (source: Uint8Array, from: number, to: number) => all.append(source, from, to),
    none: () => all.appendEmpty(),
  };
  return {
    append(raw, from, to) {
      visitTexts(raw, from, to, visitor);
      all.copy();
    },
    appendNulls(count) {
      for (let index = 0; index < count; index += 1) all.appendEmpty();
    },
    byteLength: () => all.byteLength,
    take: () => ({ buffers: all.take() }),
  };
}

/** Of two bytes, so no batch has more different ones. */
export const MOST_CODES = 2 ** 15;

/** Twice as many, a power of two: a place for each, and few that meet. */
const TABLE_SIZE = 2 * MOST_CODES;

const FREE = -1;

/** FNV-1a. */
function hashOf(source: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < to; index += 1) {
    hash = Math.imul(hash ^ (source[index] ?? 0), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & (TABLE_SIZE - 1);
}

export function dictionaryTexts(): ColumnContent {
  const different = new TextBuffer();
  const table = new Int16Array(TABLE_SIZE).fill(FREE);
  let count = 0;
  let codes = new Int16Array(MOST_CODES);
  let length = 0;

  function isSame(code: number, source: Uint8Array, from: number, to: number): boolean {
    const start = different.ends.get(code);
    if (different.ends.get(code + 1) - start !== to - from) return false;
    const { bytes } = different.bytes;
    for (let index = from; index < to; index += 1) {
      if (bytes[start + index - from] !== source[index]) return false;
    }
    return true;
  }

  function codeOf(source: Uint8Array, from: number, to: number): number {
    let place = hashOf(source, from, to);
    for (;;) {
      const code = table[place] ?? FREE;
      if (code === FREE) {
        different.append(source, from, to);
        different.copy();
        table[place] = count;
        count += 1;
        return count - 1;
      }
      if (isSame(code, source, from, to)) return code;
      place = (place + 1) & (TABLE_SIZE - 1);
    }
  }

  function append(code: number): void {
    codes[length] = code;
    length += 1;
  }

  const visitor = {
    text: (source: Uint8Array, from: number, to: number) => append(codeOf(source, from, to)),
    none: () => append(0),
  };

  return {
    append: (raw, from, to) => visitTexts(raw, from, to, visitor),
    appendNulls(more) {
      for (let index = 0; index < more; index += 1) append(0);
    },
    byteLength: () => different.byteLength,
    take() {
      const values = new arrow.Data(new arrow.Utf8(), 0, count, 0, different.take());
      const data = codes.subarray(0, length);
      table.fill(FREE);
      count = 0;
      length = 0;
      return { buffers: { [arrow.BufferType.DATA]: data }, dictionary: new arrow.Vector([values]) };
    },
  };
}
