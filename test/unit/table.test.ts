import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TableOptions, tableText } from '../../analytics/formats/table.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

async function lines(sql: string, options: TableOptions = {}): Promise<string[]> {
  const parts = await Array.fromAsync(tableText(await connection.stream(sql), options));
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

test('tableText leaves every cell whole where there is no terminal', async () => {
  const [, rule = '', ascii, wide] = await lines(
    "from (values (repeat('x', 400)), (repeat('字', 200)))",
  );
  expect([ascii, wide]).toEqual(['x'.repeat(400), '字'.repeat(200)]);
  expect(rule).toHaveLength(400);
});

describe('on a terminal tableText', () => {
  test('cuts the widest cells so that all columns fit in', async () => {
    const sql = "select repeat('x', 60) as long, 'short' as brief, 1234567 as number";
    const [, rule, row] = await lines(sql, { width: 40 });
    expect(row).toBe(`${'x'.repeat(23)}…  short  1234567`);
    expect(rule).toHaveLength(40);
  });

  test('cuts between characters, however wide they are', async () => {
    const family = '👨‍👩‍👧';
    const sql = `select repeat('${family}', 10) as a, repeat('字', 10) as b`;
    const [, , row] = await lines(sql, { width: 28 });
    expect(row).toBe(`${family.repeat(6)}…  ${'字'.repeat(6)}…`);
  });

  test('leaves the last columns out where they cannot fit in, and says how many', async () => {
    const many = Array.from({ length: 20 }, (_, index) => `'some words here' as c${index}`);
    const shown = await lines(`select ${many.join(', ')}`, { width: 60 });
    expect(shown[0]?.split(/ +/)).toEqual(['c0', 'c1', 'c2', 'c3']);
    expect(shown.at(-2)).toBe('1 row, 4 of 20 columns; --format csv writes them all');
  });

  test('cuts no number, but its name', async () => {
    const sql = "select 123456789012 as a_name_that_is_longer, 'words that are long' as words";
    const [header, , row] = await lines(sql, { width: 26 });
    expect(header).toBe('a_name_that…  words');
    expect(row).toBe('123456789012  words that …');
  });

  test('never gets wider than it, whatever there is to show', async () => {
    const text = fc.stringMatching(/^[ a字🙂é]{0,30}$/u);
    const cells = fc.array(fc.tuple(text, fc.boolean()), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cells, fc.integer({ min: 20, max: 80 }), async (row, width) => {
        const columns = row.map(([words, isNumber], index) =>
          isNumber ? `${10 ** index} as n${index}` : `'${words}' as t${index}`,
        );
        const [header = '', rule = ''] = await lines(`select ${columns.join(', ')}`, { width });
        expect(Math.max(header.length, rule.length)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 50 },
    );
  });
});

test('tableText shows as many rows as it is told to', async () => {
  const shown = await lines('from range(5000) as r(i)', { rows: 3 });
  expect(shown).toHaveLength(2 + 3 + 3);
  expect(shown.at(-2)).toBe('3 of 5000 rows; --format csv writes them all');
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
