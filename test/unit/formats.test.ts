// A report in each of its formats (SPEC 3.6), read back by readers that we did not write: the same rows,
// in the same order, whatever the format.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { DataType, tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { FORMATS, type FormatName } from '../../sql/contract/format.ts';
import { readRun } from './support/reportBytes.ts';
import { openRunner, type Runner } from './support/runner.ts';

const SAMPLE = { sessions: 3_000, days: 40, seed: 2, transcripts: true, until: '2026-08-03' };

type Row = Readonly<Record<string, unknown>>;

let folder: string;
let layout: LakeLayout;
let runner: Runner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(folder, 'acme');
  await makeSample({ ...SAMPLE, layout });
  runner = await openRunner(layout);
});

afterAll(async () => {
  await runner.close();
  await rm(folder, { recursive: true });
});

async function readParquet(bytes: Buffer): Promise<Row[]> {
  const file = join(folder, 'report.parquet');
  await writeFile(file, bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(`from read_parquet('${file}')`);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** The reader gives a decimal as the integer that it is scaled from. */
function readArrow(bytes: Buffer): Row[] {
  const table = tableFromIPC(bytes);
  const scaleOf = new Map(
    table.schema.fields.flatMap(({ name, type }) =>
      DataType.isDecimal(type) ? [[name, 10 ** type.scale] as const] : [],
    ),
  );
  const value = (name: string, raw: unknown) => {
    const scale = scaleOf.get(name);
    return scale === undefined || raw === null ? raw : Number(raw) / scale;
  };
  return table.toArray().map((row) => {
    const entries = Object.entries<unknown>(row.toJSON());
    return Object.fromEntries(entries.map(([name, raw]) => [name, value(name, raw)]));
  });
}

function readCsv(bytes: Buffer): Row[] {
  return parse(bytes, { columns: true });
}

const READERS: Record<FormatName, (bytes: Buffer) => Row[] | Promise<Row[]>> = {
  csv: readCsv,
  'csv.gz': (bytes) => readCsv(gunzipSync(bytes)),
  'csv.zst': (bytes) => readCsv(zstdDecompressSync(bytes)),
  jsonl: (bytes) =>
    bytes
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  parquet: readParquet,
  arrow: readArrow,
};

const DECIMALS = /^\d+\.\d+$/;

const text = (value: unknown) => (value === null ? '' : `${value as string | number | boolean}`);

/** Everything as text, and nothing as empty text; how many decimals a number shows is its format's. */
function shown(row: Row): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      DECIMALS.test(text(value)) ? String(Number(value)) : text(value),
    ]),
  );
}

const reports = [
  'ai-sessions-detail',
  'ai-sessions-detail-with-messages',
  'ai-recontacts',
] as const;
const range = { from: '2026-07-01', to: '2026-07-31', formulaGuard: true };

describe.each(reports)('%s', (report) => {
  test.each(FORMATS)('as %s has the same rows in the same order', async (format) => {
    const csv = readCsv(await runner.bytes(readRun(report, range)));
    const bytes = await runner.bytes(readRun(report, { ...range, format }));
    const rows = await READERS[format](bytes);
    expect(csv.length).toBeGreaterThan(10);
    expect(rows.map(shown)).toEqual(csv.map(shown));
  });

  test.each(FORMATS)('as %s is a file also without any rows', async (format) => {
    const none = { ...range, sessionId: ['nobody'] };
    const bytes = await runner.bytes(readRun(report, { ...none, format }));
    expect(await READERS[format](bytes)).toEqual([]);
    const before = { from: '2020-01-01', to: '2020-01-02', format };
    expect(await READERS[format](await runner.bytes(readRun(report, before)))).toEqual([]);
  });
});

test('text that could run as a formula is guarded in CSV, and as it is in the others', () => {
  const guards = FORMATS.map((format) => [
    format,
    readRun('ai-sessions-detail', { format }).parameters.formulaGuard,
  ]);
  expect(guards).toEqual([
    ['csv', true],
    ['csv.gz', true],
    ['csv.zst', true],
    ['jsonl', false],
    ['parquet', false],
    ['arrow', false],
  ]);
});

test('a byte order mark is for CSV only', () => {
  expect(() => readRun('ai-sessions-detail', { format: 'jsonl', excel: true })).toThrow(
    /is for CSV only/,
  );
});
