// Report SQL and the contract in step, and the rules of sql/README.md that a machine can check.

import { globSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { FILE_ORDERED_SUFFIX, readDefinitions } from '../../analytics/engine/definitions.ts';
import { REPORTS } from '../../sql/contract/report.ts';

const files = globSync('sql/**/*.sql').map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));
const code = (text: string) => text.replaceAll(/--.*$/gm, '').replaceAll(/'[^']*'/g, "''");

test('every report of the catalogue is a table macro in a file of its name', () => {
  for (const { macro } of Object.values(REPORTS)) {
    const text = readFileSync(`sql/reports/${macro}.sql`, 'utf8');
    expect(text).toContain(`create or replace macro ${macro}(`);
  }
});

test('init.sql reads every SQL file', () => {
  const init = readFileSync('sql/init.sql', 'utf8');
  const read = [...init.matchAll(/^\.read (\S+)$/gm)].map(([, file]) => file ?? '');
  const others = files.map(({ file }) => file).filter((file) => file !== 'sql/init.sql');
  expect(new Set(read)).toEqual(new Set(others));
});

test('only sources.sql names files', () => {
  const naming = files
    .filter(({ text }) => /read_\w+\(|glob\(|\.parquet/.test(text.replaceAll(/--.*$/gm, '')))
    .map(({ file }) => file);
  expect(naming).toEqual(['sql/sources.sql']);
});

test('files are looked for by patterns alone, because an object store takes a name to be there', () => {
  const sources = readFileSync('sql/sources.sql', 'utf8').replaceAll(/--.*$/gm, '');
  const paths = [...sources.matchAll(/getvariable\('lake'\) \|\| '([^']*)'/g)].map(
    ([, path = '']) => path,
  );
  expect(paths).toHaveLength(5);
  expect(paths.filter((path) => !/[*[]/.test(path))).toEqual([]);
});

test('every SQL file opens with a comment and keeps to 80 columns', () => {
  for (const { file, text } of files) {
    expect(text, file).toMatch(/^-- /);
    expect(
      text.split('\n').filter((line) => line.length > 80),
      file,
    ).toEqual([]);
  }
});

test('every SQL file is lower case outside strings, headers and comments', () => {
  for (const { file, text } of files) {
    expect(
      code(text)
        .replaceAll(/"[^"]*"/g, '')
        .match(/\b[A-Z]{2,}\b/g),
      file,
    ).toBeNull();
  }
});

test('every table macro states its grain', () => {
  for (const { file, text } of files) {
    const tables = text.match(/\) as table/g)?.length ?? 0;
    const grains = text.match(/^-- grain: /gm)?.length ?? 0;
    expect(grains, file).toBeGreaterThanOrEqual(tables);
  }
});

test('the definitions load over a lake that is not there', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("set variable lake = 'no/such/lake'");
  await connection.run(await readDefinitions());
  const reader = await connection.runAndReadAll(
    "from ai_sessions_detail(from_date := '2026-07-01', to_date := '2026-07-31')",
  );
  expect(reader.columnNames()).toHaveLength(16);
  expect(reader.getRows()).toEqual([]);
  connection.closeSync();
  instance.closeSync();
});

test('every view and every macro has a comment that DuckDB shows', async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(await readDefinitions());
  const reader = await connection.runAndReadAll(`
    select v.view_name as name, v.comment from duckdb_views() as v where not v.internal
    union all
    select f.function_name, f.comment from duckdb_functions() as f where not f.internal`);
  const definitions = reader
    .getRowsJS()
    .filter(([name]) => typeof name === 'string' && !name.endsWith(FILE_ORDERED_SUFFIX)); // the engine's own
  const defined = files.flatMap(({ text }) => text.match(/^create or replace /gm) ?? []);
  expect(definitions).toHaveLength(defined.length);
  expect(definitions.filter(([, comment]) => comment === null)).toEqual([]);
  connection.closeSync();
  instance.closeSync();
});
