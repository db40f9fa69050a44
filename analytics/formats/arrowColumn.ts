// The one table from DuckDB's types to Arrow's. Whoever has values of another type casts them in SQL.

import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { type ColumnBuilder, type ColumnContent, columnBuilder } from './arrowContent.ts';
import { arrayExtents, listExtents, lists, structs } from './arrowNested.ts';
import { dictionaryTexts, texts } from './arrowTexts.ts';
import { booleans, decimals, sameBytes } from './arrowValues.ts';

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

function struct(fields: arrow.Field[], columns: readonly ArrowColumn[]): ArrowColumn {
  const open = () => structs(columns.map((each) => each.open()));
  return column(new arrow.Struct(fields), open);
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
    case DuckDBTypeId.LIST: {
      const item = arrowColumn(type.valueType, zone);
      return item && listOf(item, listExtents);
    }
    case DuckDBTypeId.ARRAY: {
      const item = arrowColumn(type.valueType, zone);
      return item && listOf(item, (raw) => arrayExtents(raw, type.length));
    }
    case DuckDBTypeId.STRUCT: {
      const columns = type.entryTypes.map((entry) => arrowColumn(entry, zone));
      if (!isComplete(columns)) return undefined;
      const names = type.entryNames;
      return struct(
        columns.map((each, index) => nullable(names[index] ?? '', each)),
        columns,
      );
    }
    case DuckDBTypeId.MAP: {
      const key = arrowColumn(type.keyType, zone);
      const value = arrowColumn(type.valueType, zone);
      return key && value && mapOf(key, value);
    }
    default:
      return COLUMNS[type.typeId];
  }
}

function isComplete(columns: (ArrowColumn | undefined)[]): columns is ArrowColumn[] {
  return columns.every((each) => each !== undefined);
}

function listOf(item: ArrowColumn, extents: typeof listExtents): ArrowColumn {
  return column(new arrow.List(nullable('item', item)), () => lists(item.open(), extents));
}

/** To DuckDB and to Arrow, a map is a list of its entries. */
function mapOf(key: ArrowColumn, value: ArrowColumn): ArrowColumn {
  const fields = [new arrow.Field('key', key.type, false), nullable('value', value)];
  const entry = struct(fields, [key, value]);
  const entries = new arrow.Struct<{ key: arrow.DataType; value: arrow.DataType }>(fields);
  const { Map_: ArrowMap } = arrow;
  return column(new ArrowMap(new arrow.Field('entries', entries, false)), () =>
    lists(entry.open(), listExtents),
  );
}

/** Texts that say the same again and again. */
export function repeatingTexts(id: number): ArrowColumn {
  const type = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int16(), id);
  return column(type, dictionaryTexts);
}
