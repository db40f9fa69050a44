// What a format cannot tell is refused by the name of its column; the rest comes through as it is.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exactly, JSON_LINES, TYPED } from '../../analytics/formats/exactly.ts';

const LACKS = { jsonl: JSON_LINES, parquet: TYPED };

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

async function around(query: string, format: keyof typeof LACKS): Promise<string> {
  const columns = await connection.run(`from (${query}) limit 0`);
  return exactly(query, columns, format, LACKS[format]);
}

const untold: readonly [format: keyof typeof LACKS, sql: string, message: string][] = [
  ['jsonl', "'nan'::double as share", '"share" as jsonl: its DOUBLE holds infinity or NaN'],
  ['jsonl', "[{a: 'inf'::float}] as l", '"l" as jsonl: its STRUCT("a" FLOAT)[] holds'],
  ['jsonl', "[['-inf'::double]] as l", '"l" as jsonl: its DOUBLE[][] holds'],
  ['jsonl', 'row(1, 2) as pair', '"pair" as jsonl: its STRUCT("" INTEGER, "" INTEGER) has fields'],
  [
    'parquet',
    '[row(1, 2)] as p',
    '"p" as parquet: its STRUCT("" INTEGER, "" INTEGER)[] has fields',
  ],
  ['parquet', "'infinity'::timestamptz as at", '"at" as parquet: its TIMESTAMP WITH TIME ZONE'],
  ['parquet', "'-infinity'::timestamp_ns as at", '"at" as parquet: its TIMESTAMP_NS holds'],
  ['parquet', "map {'infinity'::date: 1} as m", '"m" as parquet: its MAP(DATE, INTEGER) holds'],
  ['parquet', "map {'k': 'infinity'::date} as m", '"m" as parquet: its MAP(VARCHAR, DATE) holds'],
  ['parquet', "'24:00:00'::time as t", '"t" as parquet: its TIME holds'],
  ['parquet', `1${'0'.repeat(38)}::hugeint as "to ""tal"`, '"to ""tal" as parquet: its HUGEINT'],
  ['parquet', `[-1${'0'.repeat(38)}::hugeint] as l`, '"l" as parquet: its HUGEINT[] holds'],
];

test.each(untold)('as %s, %s is refused', async (format, sql, message) => {
  const query = `select ${sql}`;
  await expect(connection.runAndReadAll(await around(query, format))).rejects.toThrow(message);
});

const told: readonly [format: keyof typeof LACKS, sql: string, type: string][] = [
  ['parquet', "'inf'::double", 'DOUBLE'],
  ['parquet', 'null::hugeint', 'DECIMAL(38,0)'],
  ['parquet', '[null::timestamptz]', 'TIMESTAMP WITH TIME ZONE[]'],
  ['parquet', '[[1::hugeint]]', 'DECIMAL(38,0)[][]'],
  ['parquet', "{'a \"b': [uuid()], c: 1}", 'STRUCT("a ""b" VARCHAR[], "c" INTEGER)'],
  ['parquet', "map {1: interval '1 day'}", 'MAP(INTEGER, VARCHAR)'],
  ['jsonl', '1::hugeint', 'HUGEINT'],
  ['jsonl', '[null::double, 0.5]', 'DOUBLE[]'],
  ['jsonl', "'infinity'::date", 'DATE'],
];

test.each(told)('as %s, %s is %s', async (format, sql, type) => {
  const result = await connection.runAndReadAll(await around(`select ${sql} as v`, format));
  expect(String(result.columnTypes()[0])).toBe(type);
  const [[value] = []] = result.getRows();
  const [[expected] = []] = (await connection.runAndReadAll(`select ${sql}`)).getRows();
  if (!sql.includes('uuid'))
    expect(String(value).replaceAll("'", '')).toBe(String(expected).replaceAll("'", ''));
});

test('a query of which a format has every type stays as it is', async () => {
  const query =
    "select 1 as a, date '2026-07-01'::varchar as b, [true] as c, 1.5::decimal(4, 2) as d";
  expect(await around(query, 'parquet')).toBe(query);
});
