// A vector of DuckDB's as it lies in memory (duckdb.h, `duckdb_vector`), because a JavaScript value for
// each of a report's cells takes five times as long as the report. Nothing is copied: what is read here
// is DuckDB's own memory, and is gone with the chunk it belongs to.

import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const VALIDITY_WORD_BITS = 64;
const NOTHING = new Uint8Array();

export class RawVector {
  readonly vector: duckdb.Vector;
  readonly length: number;
  /** One bit a value, the first one lowest, set where there is one; undefined when all are there. */
  readonly validity: Uint8Array | undefined;
  #bytes: Uint8Array | undefined;

  constructor(vector: duckdb.Vector, length: number) {
    const validityBytes = Math.ceil(length / VALIDITY_WORD_BITS) * 8;
    this.vector = vector;
    this.length = length;
    // null, for all its type says, where there is none
    this.validity =
      length === 0 ? undefined : (duckdb.vector_get_validity(vector, validityBytes) ?? undefined);
  }

  /** The values, so many bytes each; what stands in a null's place may be anything. */
  bytes(bytesEach: number): Uint8Array {
    this.#bytes ??=
      this.length === 0 ? NOTHING : duckdb.vector_get_data(this.vector, this.length * bytesEach);
    return this.#bytes;
  }

  isValid(index: number): boolean {
    const { validity } = this;
    return validity === undefined || (((validity[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
  }

  /** Calls for each stretch of values that are all there, or all null. */
  eachStretch(
    from: number,
    to: number,
    visit: (from: number, to: number, areValid: boolean) => void,
  ): void {
    if (this.validity === undefined) {
      if (from < to) visit(from, to, true);
      return;
    }
    for (let start = from; start < to; ) {
      const areValid = this.isValid(start);
      let end = start + 1;
      while (end < to && this.isValid(end) === areValid) end += 1;
      visit(start, end, areValid);
      start = end;
    }
  }
}

export function columnVector({ chunk, rowCount }: DuckDBDataChunk, column: number): RawVector {
  return new RawVector(duckdb.data_chunk_get_vector(chunk, column), rowCount);
}

/** All that the lists of a vector of lists, or of maps, hold. */
export function listItems({ vector }: RawVector): RawVector {
  return new RawVector(duckdb.list_vector_get_child(vector), duckdb.list_vector_get_size(vector));
}

/** All that the arrays of a vector of arrays hold, so many each. */
export function arrayItems({ vector, length }: RawVector, itemsEach: number): RawVector {
  return new RawVector(duckdb.array_vector_get_child(vector), length * itemsEach);
}

export function structField({ vector, length }: RawVector, field: number): RawVector {
  return new RawVector(duckdb.struct_vector_get_child(vector, field), length);
}
