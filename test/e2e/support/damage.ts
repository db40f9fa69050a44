// Ways in which a lake's files go wrong.

import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';

const MAGIC_BYTES = 4;

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
