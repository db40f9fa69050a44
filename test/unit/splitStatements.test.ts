// DuckDB's own parser is the judge: each piece must be one statement to it, and none may be lost.

import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { splitStatements } from '../../analytics/engine/splitStatements.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

const hiding: readonly [what: string, sql: string][] = [
  ['a string', "select 'a;b'"],
  ['a string with a quote', "select 'it''s; fine'"],
  ['a string that ends in a backslash', String.raw`select 'a;\'`],
  ['a string with escapes', String.raw`select e'it\'s; fine'`],
  ['a typed string', String.raw`select date'2026-07-01', blob'\\'`],
  ['a quoted name', 'select 1 as "a;""b"'],
  ['a dollar-quoted string', 'select $$ ; $a$ ; $$'],
  ['a tagged dollar-quoted string', "select $ä_1$ ; $$ ' ; $ä_1$"],
  ['a line comment', "select 1 -- it's; over"],
  ['a block comment', "select /* it's; over */ 1"],
  ['a nested comment', 'select /* a; /* b; /* c */ ; */ ; */ 1'],
];

test.each(hiding)('splitStatements leaves a semicolon in %s alone', async (_, sql) => {
  expect(splitStatements(`${sql}\n;select 2`)).toEqual([
    `${sql}\n`,
    `${sql.replaceAll(/[^\n]/g, ' ')}\n select 2`,
  ]);
  expect((await connection.extractStatements(sql)).count).toBe(1);
});

test('splitStatements drops what holds no statement', () => {
  expect(splitStatements('')).toEqual([]);
  expect(splitStatements(' ; -- a\n ;; /* b */ \n')).toEqual([]);
  expect(splitStatements(';select 1;\n-- the end')).toEqual([' select 1']);
});

test('splitStatements keeps the lines and columns of the script', async () => {
  const [, second = ''] = splitStatements("select '\n';\n\n\nselect nope");
  await expect(connection.prepare(second)).rejects.toThrow('LINE 5: select nope');
  const [, beside = ''] = splitStatements('select 1; select nope');
  await expect(connection.prepare(beside)).rejects.toThrow(/LINE 1: {11}select nope/);
});

test('splitStatements leaves what never ends to DuckDB', async () => {
  for (const sql of ["select ';", 'select ";', 'select $a$;', 'select 1 /* ;']) {
    for (const part of splitStatements(sql).slice(-1)) {
      await expect(connection.extractStatements(part)).rejects.toThrow('Parser Error');
    }
  }
});

test('splitStatements agrees with DuckDB on any mixture of quotes and comments', async () => {
  const noise = fc.stringMatching(/^[ a;'"$*/\\\n-]{0,8}$/);
  const part = fc.oneof(
    noise.map((text) => `, '${text.replaceAll("'", "''")}'`),
    noise.map((text) => `, "x${text.replaceAll('"', '""')}"`),
    noise.map((text) => `, $q$${text.replaceAll('$', '')}$q$`),
    noise.map((text) => ` /* ${text.replaceAll(/[*/]/g, '')} */ `),
    noise.map((text) => ` -- ${text.replaceAll('\n', '')}\n`),
  );
  const statement = fc.array(part, { maxLength: 4 }).map((parts) => `select 1${parts.join('')}`);
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 4 }), async (statements) => {
      const split = splitStatements(statements.join(';'));
      expect(split.map((sql) => sql.trimStart())).toEqual(statements);
      for (const sql of split) expect((await connection.extractStatements(sql)).count).toBe(1);
    }),
  );
});
