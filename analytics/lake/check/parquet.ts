// Whether each Parquet file of a lake can be read to its end, has exactly its table's columns and is
// compressed as the lake promises. One file at a time, so that a torn one is named.

import { relative } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import type { LakeLayout } from '../layout.ts';
import type { Finding } from './finding.ts';
import { emptyRow, noFiles, TABLE_NAMES, type TableFiles, type TableName } from './tables.ts';

export interface ParquetFiles {
  readonly readable: TableFiles;
  readonly findings: readonly Finding[];
}

export async function readParquet(
  connection: DuckDBConnection,
  layout: LakeLayout,
  files: TableFiles,
): Promise<ParquetFiles> {
  const findings: Finding[] = [];
  const readable = noFiles();
  for (const table of TABLE_NAMES) {
    for (const path of files[table]) {
      const detail = await faultOf(connection, table, path);
      if (detail === undefined) readable[table].push(path);
      else findings.push({ file: relative(layout.root, path), sessionId: undefined, detail });
    }
  }
  return { readable, findings };
}

async function faultOf(
  connection: DuckDBConnection,
  table: TableName,
  path: string,
): Promise<string | undefined> {
  const from = `read_parquet(${literal(path)}, hive_partitioning = false)`;
  try {
    // takes every value of every column into account
    await connection.run(`select bit_xor(hash(row)) from ${from} as row`);
  } catch {
    return 'cannot be read to its end as Parquet'; // DuckDB's reason may quote what is in it
  }
  const found = await columnsOf(connection, from);
  const expected = await columnsOf(connection, `(select ${emptyRow(table)})`);
  if (found !== expected) return `must have the columns ${expected}: it has ${found}`;
  const codecs = await connection.runAndReadAll(
    `select distinct compression from parquet_metadata(${literal(path)})
    where compression <> 'ZSTD'`,
  );
  return codecs.currentRowCount > 0 ? 'must be compressed with zstd' : undefined;
}

async function columnsOf(connection: DuckDBConnection, from: string): Promise<string> {
  const described = await connection.runAndReadAll(`describe from ${from}`);
  return described
    .getRows()
    .map(([name, type]) => `${String(name)} ${String(type)}`)
    .join(', ');
}
