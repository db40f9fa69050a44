// The one table from DuckDB's types to Arrow's. Whoever has values of another type casts them in SQL.

import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import {
  arrayExtents,
  booleans,
  type ColumnBuilder,
  type ColumnContent,
  columnBuilder,
  decimals,
  listExtents,
  lists,
  sameBytes,
  structs,
} from './arrowContent.ts';
import { dictionaryTexts, texts } from './arrowTexts.ts';

/** How a column is written. */
export interface ArrowColumn {
  readonly type: arrow.DataType;
  readonly open: () => ColumnBuilder;
}

function column(type: arrow.DataType, content: () => ColumnContent): ArrowColumn {
  return { type, open: () => columnBuilder(type, content()) };
}

function numbers(type: arrow.DataType, bytesEach: number): ArrowColumn {
  return column(type, () => sameBytes(type, bytesEach));
}

const COLUMNS: Partial<Record<DuckDBTypeId, ArrowColumn>> = {
  [DuckDBTypeId.BOOLEAN]: column(new arrow.Bool(), booleans),
  [DuckDBTypeId.TINYINT]: numbers(new arrow.Int8(), 1),
  [DuckDBTypeId.SMALLINT]: numbers(new arrow.Int16(), 2),
  [DuckDBTypeId.INTEGER]: numbers(new arrow.Int32(), 4),
  [DuckDBTypeId.BIGINT]: numbers(new arrow.Int64(), 8),
  [DuckDBTypeId.UTINYINT]: numbers(new arrow.Uint8(), 1),
  [DuckDBTypeId.USMALLINT]: numbers(new arrow.Uint16(), 2),
  [DuckDBTypeId.UINTEGER]: numbers(new arrow.Uint32(), 4),
  [DuckDBTypeId.UBIGINT]: numbers(new arrow.Uint64(), 8),
  [DuckDBTypeId.FLOAT]: numbers(new arrow.Float32(), 4),
  [DuckDBTypeId.DOUBLE]: numbers(new arrow.Float64(), 8),
  [DuckDBTypeId.DATE]: numbers(new arrow.DateDay(), 4),
  [DuckDBTypeId.TIME]: numbers(new arrow.TimeMicrosecond(), 8),
  [DuckDBTypeId.TIMESTAMP_S]: numbers(new arrow.TimestampSecond(), 8),
  [DuckDBTypeId.TIMESTAMP_MS]: numbers(new arrow.TimestampMillisecond(), 8),
  [DuckDBTypeId.TIMESTAMP]: numbers(new arrow.TimestampMicrosecond(), 8),
  [DuckDBTypeId.TIMESTAMP_NS]: numbers(new arrow.TimestampNanosecond(), 8),
  [DuckDBTypeId.VARCHAR]: column(new arrow.Utf8(), texts),
  [DuckDBTypeId.BLOB]: column(new arrow.Binary(), texts),
};

/** Most digits of a decimal, and the bytes that DuckDB takes for so many (duckdb.h). */
const DECIMAL_BYTES = [
  [4, 2],
  [9, 4],
  [18, 8],
  [38, 16],
] as const;

function decimalBytes(digits: number): number {
  return DECIMAL_BYTES.find(([most]) => digits <= most)?.[1] ?? 16;
}

function nullable(name: string, { type }: ArrowColumn): arrow.Field {
  return new arrow.Field(name, type, true);
}

/** Instants are shown in the zone; undefined when Arrow has no counterpart for the type. */
export function arrowColumn(type: DuckDBType, zone: string): ArrowColumn | undefined {
  switch (type.typeId) {
    case DuckDBTypeId.TIMESTAMP_TZ:
      return numbers(new arrow.TimestampMicrosecond(zone), 8);
    case DuckDBTypeId.DECIMAL: {
      const decimal = new arrow.Decimal(type.scale, type.width);
      return column(decimal, () => decimals(decimal, decimalBytes(type.width)));
    }
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const item = arrowColumn(type.valueType, zone);
      if (item === undefined) return undefined;
      const extents =
        type.typeId === DuckDBTypeId.LIST
          ? listExtents
          : (raw: Parameters<typeof arrayExtents>[0]) => arrayExtents(raw, type.length);
      return column(new arrow.List(nullable('item', item)), () => lists(item.open(), extents));
    }
    case DuckDBTypeId.STRUCT: {
      const fields = type.entryTypes.map((entry) => arrowColumn(entry, zone));
      return structColumn(type.entryNames, fields);
    }
    case DuckDBTypeId.MAP: {
      const names = ['key', 'value'];
      const entry = structColumn(
        names,
        [type.keyType, type.valueType].map((each) => arrowColumn(each, zone)),
      );
      if (entry === undefined) return undefined;
      const map = new arrow.Map_(new arrow.Field('entries', entry.type, false), false);
      return column(map, () => lists(entry.open(), listExtents));
    }
    default:
      return COLUMNS[type.typeId];
  }
}

function structColumn(
  names: readonly string[],
  fields: readonly (ArrowColumn | undefined)[],
): ArrowColumn | undefined {
  const all = fields.filter((field) => field !== undefined);
  if (all.length < fields.length) return undefined;
  const type = new arrow.Struct(all.map((field, index) => nullable(names[index] ?? '', field)));
  return column(type, () => structs(all.map(({ open }) => open())));
}

/** Texts that say the same again and again. */
export function repeatingTexts(id: number): ArrowColumn {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16(), id);
  return column(type, dictionaryTexts);
}
