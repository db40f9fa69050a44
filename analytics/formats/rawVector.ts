// A vector of DuckDB's as it lies in memory (duckdb.h, `duckdb_vector`), because a JavaScript value for
// each of a report's cells takes five times as long as the report. Nothing is copied: what is read here
// is DuckDB's own memory, and is gone with the chunk it belongs to.

import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

export interface RawVector {
  readonly vector: duckdb.Vector;
  readonly length: number;
  /** One bit a value, the first one lowest, set where there is one; undefined when all are there. */
  readonly validity: Uint8Array | undefined;
}

const VALIDITY_WORD_BITS = 64;

function rawVector(vector: duckdb.Vector, length: number): RawVector {
  const bytes = Math.ceil(length / VALIDITY_WORD_BITS) * 8;
  const validity = length === 0 ? undefined : duckdb.vector_get_validity(vector, bytes);
  return { vector, length, validity: validity ?? undefined };
}

export function columnVector({ chunk, rowCount }: DuckDBDataChunk, column: number): RawVector {
  return rawVector(duckdb.data_chunk_get_vector(chunk, column), rowCount);
}

/** All that the lists of a vector of lists, or of maps, hold. */
export function listItems({ vector }: RawVector): RawVector {
  return rawVector(duckdb.list_vector_get_child(vector), duckdb.list_vector_get_size(vector));
}

/** All that the arrays of a vector of arrays hold, so many each. */
export function arrayItems({ vector, length }: RawVector, itemsEach: number): RawVector {
  return rawVector(duckdb.array_vector_get_child(vector), length * itemsEach);
}

export function structField({ vector, length }: RawVector, field: number): RawVector {
  return rawVector(duckdb.struct_vector_get_child(vector, field), length);
}

export function isValid({ validity }: RawVector, index: number): boolean {
  return validity === undefined || (((validity[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
}

/** The values; what stands in a null's place may be anything. */
export function vectorBytes({ vector, length }: RawVector, bytesEach: number): Uint8Array {
  return length === 0 ? NOTHING : duckdb.vector_get_data(vector, length * bytesEach);
}

const NOTHING = new Uint8Array();

/** Calls for each stretch of values that are all there, or all null. */
export function eachStretch(
  raw: RawVector,
  from: number,
  to: number,
  visit: (from: number, to: number, areValid: boolean) => void,
): void {
  if (raw.validity === undefined) {
    if (from < to) visit(from, to, true);
    return;
  }
  for (let start = from; start < to; ) {
    const areValid = isValid(raw, start);
    let end = start + 1;
    while (end < to && isValid(raw, end) === areValid) end += 1;
    visit(start, end, areValid);
    start = end;
  }
}
