// Three CSV readers that are not ours, each from the bytes of a file to all its rows, header included.
// A cell without a value is an empty text.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import { literal } from '../../../analytics/engine/open.ts';

type Rows = readonly (readonly string[])[];

export const CSV_READERS: Readonly<Record<string, (csv: Buffer) => Promise<Rows>>> = {
  'csv-parse': async (csv) => parse(csv, { bom: true }),
  papaparse: async (csv) =>
    Papa.parse<string[]>(csv.toString(), { delimiter: ',', skipEmptyLines: true }).data,
  "DuckDB's strict read_csv": readStrictly,
};

/** In bytes; DuckDB's own limit is less than a long transcript. */
const LONGEST_ROW = 16_000_000;

let instance: Promise<DuckDBInstance> | undefined;

async function readStrictly(csv: Buffer): Promise<Rows> {
  instance ??= DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await (await instance).connect();
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const file = join(folder, 'report.csv');
  try {
    await writeFile(file, csv);
    const [header = []] = parse(csv, { bom: true, to: 1 });
    const columns = header.map((_, index) => `c${index}`);
    const types = columns.map((column) => `${column}: 'varchar'`);
    const cells = columns.map((column) => `coalesce(${column}, '')`);
    const reader = await connection.runAndReadAll(
      `select json_array(${cells.join(', ')})::varchar
       from read_csv(${literal(file)}, auto_detect = false, strict_mode = true, header = false,
         delim = ',', quote = '"', escape = '"', max_line_size = ${LONGEST_ROW},
         columns = {${types.join(', ')}})`,
    );
    // As JSON: a text by itself loses a byte order mark in front on its way out of node-api.
    return reader.getRowsJS().map(([json]) => JSON.parse(json as string));
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true });
  }
}
