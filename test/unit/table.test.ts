import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tableText } from '../../analytics/formats/table.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

async function lines(sql: string): Promise<string[]> {
  const parts = await Array.fromAsync(tableText(await connection.stream(sql)));
  return parts.join('').split('\n');
}

test('tableText aligns text left and numbers right, also beside wide characters', async () => {
  const sql = `
    select * from (values
      ('CHAT', 5, 0.5::decimal(5, 2), true), ('クレーム', 1234, null, null), ('🙂', -1, 12.25, false)
    ) as t(channel, sessions, share, resolved)
  `;
  expect(await lines(sql)).toEqual([
    'channel   sessions  share  resolved',
    '────────  ────────  ─────  ────────',
    'CHAT             5   0.50  true',
    'クレーム      1234   NULL  NULL',
    '🙂              -1  12.25  false',
    '',
    '3 rows',
    '',
  ]);
});

test('tableText shows instants in UTC, lists and structs as DuckDB does', async () => {
  const sql = "select timestamptz '2026-07-01 09:15:22.5-07' as t, ['a', null] as l, {a: 1} as s";
  expect((await lines(sql))[2]).toBe("2026-07-01 16:15:22.5+00  ['a', NULL]  {'a': 1}");
});

test('tableText cuts a wide cell and says so', async () => {
  const [, rule = '', ascii, wide] = await lines(
    "from (values (repeat('x', 41)), (repeat('字', 21)))",
  );
  expect(ascii).toBe(`${'x'.repeat(40)}…`);
  expect(wide).toBe(`${'字'.repeat(20)}…`);
  expect(rule).toHaveLength(41);
});

test('tableText lets no cell break the line or move the cursor', async () => {
  const [, , row] = await lines(
    "select e'a\\r\\nb\\nc\\td\\x1b[31me' || chr(155) || chr(8238) || chr(8232) as a",
  );
  expect(row).toBe('a↵b↵c·d·[31me··↵');
});

test('tableText shows the first 100 rows and counts all', async () => {
  const shown = await lines('select i as number from range(5000) as r(i) order by i');
  expect(shown).toHaveLength(2 + 100 + 3);
  expect(shown[101]).toBe('    99');
  expect(shown.slice(-2)).toEqual(['100 of 5000 rows; --format csv writes them all', '']);
  const halves = 'select 1 as a from range(60) union all select 2 from range(60)';
  expect(await lines(halves)).toHaveLength(2 + 100 + 3);
  expect((await lines('from range(100)')).at(-2)).toBe('100 rows');
});

test('tableText counts one row and none', async () => {
  expect((await lines('select 1 as a')).at(-2)).toBe('1 row');
  expect(await lines('select 1 as a where false')).toEqual(['a', '─', '', '0 rows', '']);
});
