// Ways in which a lake's files go wrong.

import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';

const MAGIC_BYTES = 4;
const PAGE_HEADER_BYTES = 40;
const DAMAGED_BYTES = 1000;

/** Overwrites the first half of a Parquet file's data: its footer, read first, still looks good. */
export async function damageData(parquetFile: string): Promise<void> {
  const bytes = await readFile(parquetFile);
  await writeFile(parquetFile, bytes.fill(0x5a, MAGIC_BYTES, Math.floor(bytes.length / 2)));
}

/** Puts another file in the place of one, as ingest does, though with the same content. */
export async function replaceFile(file: string): Promise<void> {
  await copyFile(file, `${file}.new`);
  await rename(`${file}.new`, file);
}

/** Damages the values of one column, which are read when rows are, and nothing before. */
export async function damageColumn(file: string, column: string): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const pages = await connection.runAndReadAll(
    'select data_page_offset from parquet_metadata($file) where path_in_schema = $column',
    { file, column },
  );
  connection.closeSync();
  const bytes = await readFile(file);
  const at = Number(pages.getRows()[0]?.[0]);
  bytes.fill(0xff, at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + DAMAGED_BYTES);
  await writeFile(file, bytes);
}
