// Columns of DuckDB values as Arrow's buffers (Arrow columnar format, "Physical memory layout"). Filled
// here because the library's own builders round instants to what a double holds.

import type { DuckDBListValue, DuckDBStructValue, DuckDBValue } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';

type Values = readonly DuckDBValue[];
type Buffers = Partial<arrow.Data['buffers']>;

export interface ArrowColumn {
  readonly type: arrow.DataType;
  readonly data: (values: Values) => arrow.Data;
}

/** A column with its nulls marked; what stands in a null's place in its buffers does not matter. */
function column(
  type: arrow.DataType,
  buffers: (values: Values) => Buffers,
  children: (values: Values) => arrow.Data[] = () => [],
): ArrowColumn {
  return {
    type,
    data(values) {
      const known = values.map((value) => value !== null);
      const nulls = known.filter((isKnown) => !isKnown).length;
      const all = { ...buffers(values), [arrow.BufferType.VALIDITY]: bits(known) };
      return new arrow.Data(type, 0, values.length, nulls, all, children(values));
    },
  };
}

/** One bit a flag, the first one lowest. */
function bits(flags: readonly boolean[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, index) => {
    if (flag) bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  });
  return bitmap;
}

export function booleans(): ArrowColumn {
  return column(new arrow.Bool(), (values) => ({
    [arrow.BufferType.DATA]: bits(values.map((value) => value === true)),
  }));
}

export function numbers(
  type: arrow.DataType,
  toNumber: (value: never) => number | bigint = (value) => value,
): ArrowColumn {
  return column(type, (values) => {
    const data = new type.ArrayType(values.length);
    values.forEach((value, index) => {
      if (value !== null) data[index] = toNumber(value as never);
    });
    return { [arrow.BufferType.DATA]: data };
  });
}

/** 128 bits each, the low ones first. */
export function decimals(type: arrow.Decimal, toScaled: (value: never) => bigint): ArrowColumn {
  return column(type, (values) => {
    const halves = new BigInt64Array(2 * values.length);
    values.forEach((value, index) => {
      if (value === null) return;
      const scaled = toScaled(value as never);
      halves[2 * index] = scaled;
      halves[2 * index + 1] = scaled >> 64n;
    });
    return { [arrow.BufferType.DATA]: new Uint32Array(halves.buffer) };
  });
}

export function bytes(
  type: arrow.Utf8 | arrow.Binary,
  toBytes: (value: never) => Uint8Array,
): ArrowColumn {
  return column(type, (values) => {
    const parts = values.map((value) => (value === null ? EMPTY : toBytes(value as never)));
    return {
      [arrow.BufferType.OFFSET]: offsets(parts),
      [arrow.BufferType.DATA]: Buffer.concat(parts),
    };
  });
}

const EMPTY = new Uint8Array();

/** Where each part begins in all of them put together, and where the last one ends. */
function offsets(parts: readonly { readonly length: number }[]): Int32Array {
  const all = new Int32Array(parts.length + 1);
  let end = 0;
  parts.forEach((part, index) => {
    end += part.length;
    all[index + 1] = end;
  });
  return all;
}

function itemsOf(value: DuckDBValue): Values {
  return (value as DuckDBListValue | null)?.items ?? [];
}

export function lists(item: ArrowColumn): ArrowColumn {
  return column(
    new arrow.List(new arrow.Field('item', item.type, true)),
    (values) => ({ [arrow.BufferType.OFFSET]: offsets(values.map(itemsOf)) }),
    (values) => [item.data(values.flatMap(itemsOf))],
  );
}

function entryOf(value: DuckDBValue, name: string): DuckDBValue {
  return (value as DuckDBStructValue | null)?.entries[name] ?? null;
}

export function structs(fields: readonly (readonly [string, ArrowColumn])[]): ArrowColumn {
  return column(
    new arrow.Struct(fields.map(([name, { type }]) => new arrow.Field(name, type, true))),
    () => ({}),
    (values) => fields.map(([name, { data }]) => data(values.map((value) => entryOf(value, name)))),
  );
}
