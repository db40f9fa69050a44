// A DuckDB value as the text that DuckDB itself would cast it to, instants in UTC.

import { DuckDBTimestampTZValue, type DuckDBValue } from '@duckdb/node-api';

DuckDBTimestampTZValue.timezoneOffsetInMinutes = 0; // the library would take this machine's zone

export function valueText(value: DuckDBValue): string {
  return String(value);
}
