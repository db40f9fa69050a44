// Buffers of an Arrow column that is being filled (Arrow columnar format, "Physical memory layout").
// They are used again for the next batch: what `take` gives is gone with the next append.

/** What Arrow's 32-bit offsets can point to. */
const MOST_BYTES = 2 ** 31 - 1;
const FIRST_BYTES = 1024;

export class ByteBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of it, to write to what has been reserved. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Makes room for so many bytes more, of any content, and tells where it begins. */
  reserve(count: number): number {
    const start = this.#length;
    const end = start + count;
    if (end > MOST_BYTES) throw new RangeError('Cannot put more than 2 GB of a column in a batch');
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(end, 2 * this.#bytes.length), MOST_BYTES));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    this.#length = end;
    return start;
  }

  append(source: Uint8Array, from: number, to: number): void {
    const start = this.reserve(to - from);
    this.#bytes.set(source.subarray(from, to), start);
  }

  appendZeros(count: number): void {
    const start = this.reserve(count);
    this.#bytes.fill(0, start, start + count);
  }

  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }
}

/** One bit a value, the first one lowest. */
export class BitBuffer {
  readonly #bytes = new ByteBuffer();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(count: number, isSet: boolean): void {
    const end = this.#length + count;
    this.#bytes.appendZeros(Math.ceil(end / 8) - this.#bytes.length);
    if (isSet) this.#fill(this.#length, end);
    this.#length = end;
  }

  #fill(from: number, to: number): void {
    let bit = from;
    for (; bit < to && bit % 8 > 0; bit += 1) this.#set(bit);
    const lastByte = Math.max(bit, to - (to % 8));
    this.#bytes.bytes.fill(0xff, bit >> 3, lastByte >> 3);
    for (bit = lastByte; bit < to; bit += 1) this.#set(bit);
  }

  #set(bit: number): void {
    const { bytes } = this.#bytes;
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }

  take(): Uint8Array {
    this.#length = 0;
    return this.#bytes.take();
  }
}

/** Where each value ends among the bytes, or the items, of all. */
export class OffsetBuffer {
  #ends = new Int32Array(FIRST_BYTES);
  #count = 0;

  append(end: number): void {
    this.#count += 1;
    if (this.#count === this.#ends.length) {
      const grown = new Int32Array(2 * this.#ends.length);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.#count] = end;
  }

  get(index: number): number {
    return this.#ends[index] ?? 0;
  }

  take(): Int32Array {
    const taken = this.#ends.subarray(0, this.#count + 1);
    this.#count = 0;
    return taken;
  }
}
