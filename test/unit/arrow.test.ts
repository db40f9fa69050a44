// Arrow's own reader is the judge of what `arrowStream` writes.

import { type DuckDBConnection, DuckDBInstance, type Json } from '@duckdb/node-api';
import { RecordBatchReader, type Table, tableFromIPC, type Vector } from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ARROW_END,
  type ArrowOptions,
  arrowBatches,
  arrowSchema,
  arrowStream,
} from '../../analytics/formats/arrow.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("set TimeZone = 'UTC'");
});

afterAll(() => connection.closeSync());

/** The table, and the rows as DuckDB itself gives them. */
async function readBoth(sql: string, options: ArrowOptions = { zone: 'UTC' }) {
  const parts = await Array.fromAsync(arrowStream(await connection.stream(sql), options));
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  return { table: tableFromIPC(Buffer.concat(parts)), rows };
}

/** A map as JSON has it, where DuckDB has a list of its entries. */
function entriesToObject(value: Json): unknown {
  const { b, ...rest } = value as { b: { key: string; value: Json }[] };
  return { ...rest, b: Object.fromEntries(b.map((entry) => [entry.key, entry.value])) };
}

async function read(sql: string): Promise<Table> {
  const parts = await Array.fromAsync(arrowStream(await connection.stream(sql), { zone: 'UTC' }));
  return tableFromIPC(Buffer.concat(parts));
}

/** As JSON would have it, big integers as text: plain data that can be compared. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner)),
  );
}

/** What the buffers hold: the reader's `get` rounds microseconds to what a double holds. */
const raw = (column: Vector | null) => String(column?.data[0]?.values[0]);
const got = (column: Vector | null) => plain(column?.get(0));
const text = (column: Vector | null) => String(column?.get(0));

const types: readonly [
  sql: string,
  type: string,
  read: (column: Vector | null) => unknown,
  value: unknown,
][] = [
  ['true', 'Bool', got, true],
  ['false', 'Bool', got, false],
  ['(-128)::tinyint', 'Int8', got, -128],
  ['(-32768)::smallint', 'Int16', got, -32768],
  ['(-2147483648)::integer', 'Int32', got, -2147483648],
  ['9223372036854775807::bigint', 'Int64', got, '9223372036854775807'],
  ['255::utinyint', 'Uint8', got, 255],
  ['65535::usmallint', 'Uint16', got, 65535],
  ['4294967295::uinteger', 'Uint32', got, 4294967295],
  ['18446744073709551615::ubigint', 'Uint64', got, '18446744073709551615'],
  ['(-1.25)::decimal(4, 2)', 'Decimal[4e+2]', text, '-125'],
  ['(-1234567.89)::decimal(9, 2)', 'Decimal[9e+2]', text, '-123456789'],
  ['(-123456789012345.678)::decimal(18, 3)', 'Decimal[18e+3]', text, '-123456789012345678'],
  [
    '(-99999999999999999999999999999999999999)::decimal(38, 0)',
    'Decimal[38e0]',
    text,
    '-99999999999999999999999999999999999999',
  ],
  [
    '1234567890123456789012345.678::decimal(38, 3)',
    'Decimal[38e+3]',
    text,
    '1234567890123456789012345678',
  ],
  ['1.5::float', 'Float32', got, 1.5],
  ['0.1::double', 'Float64', got, 0.1],
  ["date '1969-12-31'", 'Date32<DAY>', raw, '-1'],
  ["time '23:59:59.999999'", 'Time64<MICROSECOND>', raw, '86399999999'],
  ["timestamp '1969-12-31 23:59:59.999999'", 'Timestamp<MICROSECOND>', raw, '-1'],
  ["timestamp_s '1970-01-01 00:00:07'", 'Timestamp<SECOND>', raw, '7'],
  ["timestamp_ms '1970-01-01 00:00:00.007'", 'Timestamp<MILLISECOND>', raw, '7'],
  ["timestamp_ns '1970-01-01 00:00:00.000000007'", 'Timestamp<NANOSECOND>', raw, '7'],
  [
    "timestamptz '2026-07-01 09:15:22.123457-07:00'",
    'Timestamp<MICROSECOND, UTC>',
    raw,
    '1782922522123457',
  ],
  ["'Ünïcödé 🙂 ﷽'", 'Utf8', got, 'Ünïcödé 🙂 ﷽'],
  ["''", 'Utf8', got, ''],
  [String.raw`'\x00\xff'::blob`, 'Binary', got, { 0: 0, 1: 255 }],
  ["['a', null, '']", 'List<Utf8>', got, ['a', null, '']],
  ['[]::integer[]', 'List<Int32>', got, []],
  ['[[1], null, []]', 'List<List<Int32>>', got, [[1], null, []]],
  ['[1.5, 2.5]::double[2]', 'List<Float64>', got, [1.5, 2.5]],
  [
    "{id: 'x', seen: null::timestamptz, tags: ['a', null]}",
    'Struct<{id:Utf8, seen:Timestamp<MICROSECOND, UTC>, tags:List<Utf8>}>',
    got,
    { id: 'x', seen: null, tags: ['a', null] },
  ],
  ['[{a: 1}, null, {a: null}]', 'List<Struct<{a:Int32}>>', got, [{ a: 1 }, null, { a: null }]],
  [
    "map {'at': timestamptz '2026-07-01 00:00:00Z'}",
    'Map<{key:Utf8, value:Timestamp<MICROSECOND, UTC>}>',
    got,
    { at: 1782864000000 },
  ],
  [
    "map {1: [{a: 'x'}], 2: null}",
    'Map<{key:Int32, value:List<Struct<{a:Utf8}>>}>',
    got,
    { 1: [{ a: 'x' }], 2: null },
  ],
];

test.each(types)('arrowStream writes %s as %s', async (sql, type, readValue, value) => {
  const table = await read(`select ${sql} as a`);
  expect(String(table.schema.fields[0]?.type)).toBe(type);
  expect(readValue(table.getChild('a'))).toEqual(value);
});

test('arrowStream keeps nulls of every type apart from values', async () => {
  const columns = types.map(([sql], index) => `${sql} as c${index}`).join(', ');
  const table = await read(`
    with known as (select ${columns})
    select k.*
    from (values (1), (null), (2), (null)) as v(present)
    left join known as k on v.present is not null
    order by present is null
  `);
  for (const [index, [sql]] of types.entries()) {
    const column = table.getChildAt(index);
    const isNull = [0, 1, 2, 3].map((row) => column?.get(row) === null);
    expect(isNull, sql).toEqual([false, false, true, true]);
    expect(column?.nullCount, sql).toBe(2);
  }
});

test('arrowStream writes every row of a result of many chunks, in order', async () => {
  const sql = `
    select
      i,
      case when i % 3 > 0 then 'text ' || i end as t,
      case when i % 5 > 0 then [i, null, -i] end as l,
      case when i % 7 > 0 then {a: i % 2 = 0, b: [i::varchar]} end as s
    from range(10_000) as r(i)
    order by i
  `;
  const table = await read(sql);
  const expected = await connection.runAndReadAll(sql);
  expect(plain(table.toArray())).toEqual(expected.getRowObjectsJson());
});

test('arrowStream writes the schema of a result without rows', async () => {
  const table = await read('select 1 as "First ""name""", true as b where false');
  expect(table.numRows).toBe(0);
  expect(table.schema.fields.map(String)).toEqual(['First "name": Int32', 'b: Bool']);
});

/** Texts short and long, alone and in what holds them, with and without others beside them in memory. */
const hostile = `
  select
    case i % 7
      when 0 then null
      when 1 then ''
      when 2 then 'x' || (i % 5)
      when 3 then repeat('é', i % 30)
      when 4 then repeat('🙂', i % 3) || chr(0)
      when 5 then 'exactly 12 b'
      else 'the same long text for all'
    end as t,
    case when i % 3 > 0 then list_transform(range(i % 4), lambda n: repeat('item ', n::integer)) end as l,
    case when i % 5 > 0 then {a: repeat('field ', i % 6), b: map {'k' || i: i % 2 = 0}} end as s,
    case when i % 4 > 0 then (i % 1000)::decimal(9, 2) / 8 end as d
  from range(30_000) as r(i)
  where hash(i) % 3 > 0
  order by i`;

test('arrowStream writes texts as they are, however they lie in memory', async () => {
  const { rows, table } = await readBoth(hostile);
  expect(plain(table.getChild('t')?.toArray())).toEqual(rows.map((row) => row['t']));
  expect(plain(table.getChild('l')?.toJSON())).toEqual(rows.map((row) => row['l']));
  const structs = rows.map(({ s }) => s && entriesToObject(s));
  expect(plain(table.getChild('s')?.toJSON())).toEqual(structs);
});

test('arrowStream writes repeating texts once a batch, and the same texts', async () => {
  const { rows, table } = await readBoth(hostile, { zone: 'UTC', repeating: new Set(['t']) });
  const column = table.getChild('t');
  expect(String(column?.type)).toBe('Dictionary<Int16, Utf8>');
  expect(column?.toArray()).toEqual(rows.map((row) => row['t']));
  const different = new Set(rows.map((row) => row['t']));
  expect(column?.data[0]?.dictionary?.length).toBeLessThanOrEqual(different.size);
});

test('arrowStream has a dictionary for a batch of nothing but different texts', async () => {
  const sql = "select 'text ' || i as t from range(70_000) as r(i) order by i";
  const { rows, table } = await readBoth(sql, { zone: 'UTC', repeating: new Set(['t']) });
  expect(table.batches.map(({ numRows }) => numRows)).toEqual([32_768, 32_768, 4464]);
  expect(table.getChild('t')?.toArray()).toEqual(rows.map((row) => row['t']));
});

test('arrowStream writes nothing of what lies in the place of a null', async () => {
  const sql = `
    select case when i % 2 = 0 then i end as n, case when i % 2 = 0 then i::decimal(9, 2) end as d,
      case when i % 2 = 0 then i % 3 = 0 end as b
    from range(5000) as r(i) order by i`;
  const table = await read(sql);
  for (const name of ['n', 'd', 'b']) {
    const [data] = table.getChild(name)?.data ?? [];
    expect(data?.nullCount).toBe(2500);
  }
  const [numbers] = table.getChild('n')?.data ?? [];
  expect([...(numbers?.values ?? [])].filter((_, index) => index % 2 === 1)).toEqual(
    Array.from({ length: 2500 }, () => 0n),
  );
});

const DAYS = `
  select date '2026-07-01' + (i // 700)::integer as day, i, 'text ' || (i % 9) as t
  from range(2000) as r(i)`;

test('arrowBatches begins a new batch where the first column changes, which it does not write', async () => {
  const options = { zone: 'UTC', repeating: new Set(['t']), isSplitByFirst: true };
  async function write(condition: string): Promise<Buffer> {
    const result = await connection.stream(`${DAYS} where ${condition} order by i`);
    const batches = await Array.fromAsync(arrowBatches(result, options));
    return Buffer.concat([arrowSchema(result, options), ...batches]);
  }
  const all = await write('true');
  const first = await write("day = '2026-07-01'");
  const table = tableFromIPC(Buffer.concat([all, ARROW_END]));
  expect(table.batches.map(({ numRows }) => numRows)).toEqual([700, 700, 600]);
  expect(table.schema.names).toEqual(['i', 't']);
  expect(table.getChild('t')?.toArray()).toEqual(
    Array.from({ length: 2000 }, (_, i) => `text ${i % 9}`),
  );
  expect(all.subarray(0, first.length).equals(first)).toBe(true);
});

test('arrowStream ends a batch when it has 16 MB of text, whatever its rows', async () => {
  const sql = "select repeat('x', 50_000) as t from range(2000)";
  const { batches, numRows } = await read(sql);
  expect(numRows).toBe(2000);
  expect(batches.map((batch) => batch.numRows)).toEqual([512, 512, 512, 464]);
});

test('arrowStream refuses a column of a type that Arrow lacks, by its name', async () => {
  await expect(read('select 1::hugeint as "total"')).rejects.toThrow(/column "total" .*HUGEINT/);
});

test('arrowStream hands out each batch before it asks for more', async () => {
  const result = await connection.stream('from range(1_000_000_000_000)');
  const parts = arrowStream(result, { zone: 'UTC' });
  const reader = await RecordBatchReader.from(parts);
  const { value } = await reader.next();
  expect(value?.numRows).toBe(32_768);
  await parts.return(undefined);
});
