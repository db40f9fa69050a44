// The one table from DuckDB's types to Arrow's. How buffers are filled is for arrowBuffers.ts.

import {
  type DuckDBBlobValue,
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  type DuckDBTimestampMillisecondsValue,
  type DuckDBTimestampNanosecondsValue,
  type DuckDBTimestampSecondsValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import {
  type ArrowColumn,
  booleans,
  bytes,
  decimals,
  lists,
  numbers,
  structs,
} from './arrowBuffers.ts';
import { valueText } from './valueText.ts';

const TEXT = bytes(new arrow.Utf8(), (value) => Buffer.from(valueText(value)));

const COLUMNS: Partial<Record<DuckDBTypeId, ArrowColumn>> = {
  [DuckDBTypeId.BOOLEAN]: booleans(),
  [DuckDBTypeId.TINYINT]: numbers(new arrow.Int8()),
  [DuckDBTypeId.SMALLINT]: numbers(new arrow.Int16()),
  [DuckDBTypeId.INTEGER]: numbers(new arrow.Int32()),
  [DuckDBTypeId.BIGINT]: numbers(new arrow.Int64()),
  [DuckDBTypeId.UTINYINT]: numbers(new arrow.Uint8()),
  [DuckDBTypeId.USMALLINT]: numbers(new arrow.Uint16()),
  [DuckDBTypeId.UINTEGER]: numbers(new arrow.Uint32()),
  [DuckDBTypeId.UBIGINT]: numbers(new arrow.Uint64()),
  // What sum() of integers gives; the same type as in DuckDB's own Arrow.
  [DuckDBTypeId.HUGEINT]: decimals(new arrow.Decimal(0, 38), (value: bigint) => value),
  [DuckDBTypeId.FLOAT]: numbers(new arrow.Float32()),
  [DuckDBTypeId.DOUBLE]: numbers(new arrow.Float64()),
  [DuckDBTypeId.DATE]: numbers(new arrow.DateDay(), (value: DuckDBDateValue) => value.days),
  [DuckDBTypeId.TIME]: numbers(
    new arrow.TimeMicrosecond(),
    (value: DuckDBTimeValue) => value.micros,
  ),
  [DuckDBTypeId.TIMESTAMP_S]: numbers(
    new arrow.TimestampSecond(),
    (value: DuckDBTimestampSecondsValue) => value.seconds,
  ),
  [DuckDBTypeId.TIMESTAMP_MS]: numbers(
    new arrow.TimestampMillisecond(),
    (value: DuckDBTimestampMillisecondsValue) => value.millis,
  ),
  [DuckDBTypeId.TIMESTAMP]: numbers(
    new arrow.TimestampMicrosecond(),
    (value: DuckDBTimestampValue) => value.micros,
  ),
  [DuckDBTypeId.TIMESTAMP_NS]: numbers(
    new arrow.TimestampNanosecond(),
    (value: DuckDBTimestampNanosecondsValue) => value.nanos,
  ),
  [DuckDBTypeId.TIMESTAMP_TZ]: numbers(
    new arrow.TimestampMicrosecond('UTC'),
    (value: DuckDBTimestampTZValue) => value.micros,
  ),
  [DuckDBTypeId.BLOB]: bytes(new arrow.Binary(), (value: DuckDBBlobValue) => value.bytes),
};

/** How a column of this type is written; one that Arrow has no counterpart for, as its text. */
export function arrowColumn(type: DuckDBType): ArrowColumn {
  switch (type.typeId) {
    case DuckDBTypeId.DECIMAL:
      return decimals(
        new arrow.Decimal(type.scale, type.width),
        (value: DuckDBDecimalValue) => value.value,
      );
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY:
      return lists(arrowColumn(type.valueType));
    case DuckDBTypeId.STRUCT:
      return structs(type.entryNames.map((name) => [name, arrowColumn(type.typeForEntry(name))]));
    default:
      return COLUMNS[type.typeId] ?? TEXT;
  }
}
