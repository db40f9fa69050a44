// What a result is, without its rows.

import type { DuckDBResult } from '@duckdb/node-api';

export type Columns = Pick<DuckDBResult, 'columnNames' | 'columnTypes'>;
