// Files of every format read by readers that we did not write, each value as the text that the CSV of the
// same Run shows of it: local times are worked out here by Intl, not by DuckDB.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { DataType, tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { literal } from '../../../analytics/engine/open.ts';
import type { FormatName } from '../../../sql/contract/format.ts';

/** A table as a CSV shows it: instants in the zone, to the second; nothing as empty text. */
export interface ShownTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface Place {
  readonly folder: string;
  readonly zone: string;
}

type Reader = (bytes: Buffer, place: Place) => ShownTable | Promise<ShownTable>;

const DECIMAL = /^\d+\.\d+$/;

const clocks = new Map<string, Intl.DateTimeFormat>();

function localTime(instantMs: number, zone: string): string {
  const styles = { dateStyle: 'short', timeStyle: 'medium' } as const;
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone: zone, ...styles });
  clocks.set(zone, clock);
  return clock.format(Math.floor(instantMs / 1000) * 1000);
}

const day = (instantMs: number) => new Date(instantMs).toISOString().slice(0, 10);

/** How many decimals a number shows is its format's. */
function shownText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = `${value as string | number | boolean | bigint}`;
  return DECIMAL.test(text) ? String(Number(text)) : text;
}

function readCsv(bytes: Buffer): ShownTable {
  const [columns = [], ...rows] = parse(bytes);
  return { columns, rows: rows.map((row) => row.map(shownText)) };
}

/** Of no rows nobody can tell the columns. */
function readJsonLines(bytes: Buffer): ShownTable {
  const lines = new TextDecoder('utf-8', { fatal: true }).decode(bytes).split('\n').slice(0, -1);
  const rows = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    columns: Object.keys(rows[0] ?? {}),
    rows: rows.map((row) => Object.values(row).map(shownText)),
  };
}

/** The reader gives a decimal as the integer that it is scaled from. */
function readArrow(bytes: Buffer, { zone }: Place): ShownTable {
  const table = tableFromIPC(bytes);
  const shown = table.schema.fields.map(({ type }) => (value: unknown) => {
    if (value === null) return '';
    if (DataType.isTimestamp(type)) return localTime(Number(value), zone);
    if (DataType.isDate(type)) return day(Number(value));
    if (DataType.isDecimal(type)) return shownText(Number(value) / 10 ** type.scale);
    return shownText(value);
  });
  const columns = shown.map((show, index) => [...(table.getChildAt(index) ?? [])].map(show));
  return {
    columns: table.schema.names.map(String),
    rows: Array.from({ length: table.numRows }, (_, row) =>
      columns.map((column) => column[row] ?? ''),
    ),
  };
}

async function readParquetByDuckDB(bytes: Buffer, { folder, zone }: Place): Promise<ShownTable> {
  const file = join(folder, 'report.parquet');
  await writeFile(file, bytes);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const result = await connection.runAndReadAll(`from read_parquet(${literal(file)})`);
  const types = result.columnTypes().map(String);
  const rows = result.getRowsJS().map((row) =>
    row.map((value, index) => {
      if (!(value instanceof Date)) return shownText(value);
      const instantMs = value.getTime();
      return types[index] === 'DATE' ? day(instantMs) : localTime(instantMs, zone);
    }),
  );
  connection.closeSync();
  return { columns: result.columnNames(), rows };
}

async function readParquetByHyparquet(bytes: Buffer, { zone }: Place): Promise<ShownTable> {
  const file = new Uint8Array(bytes).buffer;
  const metadata = parquetMetadata(file);
  const columns = parquetSchema(metadata).children.map(({ element }) => element);
  const rows = await parquetReadObjects({ file, compressors });
  return {
    columns: columns.map(({ name }) => name),
    rows: rows.map((row) =>
      columns.map(({ name, converted_type: type }) => {
        const value: unknown = row[name];
        if (!(value instanceof Date)) return shownText(value);
        return type === 'DATE' ? day(value.getTime()) : localTime(value.getTime(), zone);
      }),
    ),
  };
}

export const FORMAT_READERS: Record<FormatName, Record<string, Reader>> = {
  csv: { 'csv-parse': readCsv },
  'csv.gz': { 'csv-parse': (bytes) => readCsv(gunzipSync(bytes)) },
  'csv.zst': { 'csv-parse': (bytes) => readCsv(zstdDecompressSync(bytes)) },
  jsonl: { 'JSON.parse': readJsonLines },
  parquet: { DuckDB: readParquetByDuckDB, hyparquet: readParquetByHyparquet },
  arrow: { 'apache-arrow': readArrow },
};
