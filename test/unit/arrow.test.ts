// Arrow's own reader is the judge of what `arrowStream` writes.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { RecordBatchReader, type Table, tableFromIPC, type Vector } from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrowStream } from '../../analytics/formats/arrow.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("set TimeZone = 'UTC'");
});

afterAll(() => connection.closeSync());

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
  [
    '(-99999999999999999999999999999999999999)::hugeint',
    'Decimal[38e0]',
    text,
    '-99999999999999999999999999999999999999',
  ],
  ['(-1.25)::decimal(4, 2)', 'Decimal[4e+2]', text, '-125'],
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
  ["interval '1 month 2 days 3 seconds'", 'Utf8', got, '1 month 2 days 00:00:03'],
  [
    "'0a0b0c0d-0000-4000-8000-000000000001'::uuid",
    'Utf8',
    got,
    '0a0b0c0d-0000-4000-8000-000000000001',
  ],
  ["'b'::enum('a', 'b')", 'Utf8', got, 'b'],
  [
    '340282366920938463463374607431768211455::uhugeint',
    'Utf8',
    got,
    '340282366920938463463374607431768211455',
  ],
  ["map {'at': timestamptz '2026-07-01 00:00:00Z'}", 'Utf8', got, "{'at': 2026-07-01 00:00:00+00}"],
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

test('arrowStream hands out each chunk before it asks for the next', async () => {
  const parts = arrowStream(await connection.stream('from range(1_000_000_000_000)'));
  const reader = await RecordBatchReader.from(parts);
  const { value } = await reader.next();
  expect(value?.numRows).toBe(2048);
  await parts.return(undefined);
});
