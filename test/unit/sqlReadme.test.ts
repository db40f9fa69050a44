// The page for analysts, sql/README.md, held against what it talks of: the sample lake is made by the
// page's own command, and each query must print what stands below it. `vitest -u` writes that anew.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { type DuckDBConnection, DuckDBInstance, listValue } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readDefinitions } from '../../analytics/engine/definitions.ts';
import { literal } from '../../analytics/engine/open.ts';
import { tableText } from '../../analytics/formats/table.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { REPORTS } from '../../sql/contract/report.ts';

const page = await readFile('sql/README.md', 'utf8');
const QUESTION = /(```sql\n(.*?)```\n\n```text\n).*?(?=```)/gs;
const queries = [...page.matchAll(QUESTION)].map(([, , query]) => query ?? '');
const [, sampleOptions = ''] = page.match(/^npx ai-sessions sample --data \S+ (.*)$/m) ?? [];

let folder: string;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

function cli(args: readonly string[], input = ''): string {
  const options = [...args, '--data', folder];
  const { status, stdout, stderr } = spawnSync(process.execPath, ['analytics/cli.ts', ...options], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  cli(['sample', ...sampleOptions.split(' ')]);
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  const lake = literal(lakeLayout(folder, 'acme').root);
  await connection.run(`set variable lake = ${lake}; ${await readDefinitions()}`);
});

afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

async function printed(query: string): Promise<string> {
  return text(tableText(await connection.stream(query)));
}

test('sql/README.md asks ten questions, each in an order', () => {
  expect(queries).toHaveLength(10);
  expect(page.match(/```sql/g)).toHaveLength(queries.length);
  for (const query of queries) expect(query).toMatch(/\norder by [^()]+;\n$/);
});

test('sql/README.md shows what its queries print', async () => {
  const outputs = new Map<string, string>();
  for (const query of queries) outputs.set(query, await printed(query));
  const answered = page.replaceAll(QUESTION, (_, asked, query) => asked + outputs.get(query));
  await expect(answered).toMatchFileSnapshot('../../sql/README.md');
});

test('the command that sql/README.md names prints the same', async () => {
  const [query = ''] = queries;
  expect(cli(['sql', '-'], query)).toBe(await printed(query));
});

/** Runs a script of the page in an empty folder, with what it talks of in the place of its names. */
async function inEmptyFolder(script: string, input: string): Promise<string> {
  const programs = await mkdtemp(join(folder, 'programs-'));
  const empty = await mkdtemp(join(folder, 'empty-'));
  const standIn = resolve('test/unit/support/duckdbCli.ts');
  const duckdb = `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`;
  await writeFile(join(programs, 'duckdb'), duckdb, { mode: 0o755 });
  const here = script
    .replaceAll('npx ai-sessions', `"${process.execPath}" "${resolve('analytics/cli.ts')}"`)
    .replaceAll('/srv/lake/acme', lakeLayout(folder, 'acme').root)
    .replaceAll('/srv/ai-sessions', resolve());
  const { status, stdout, stderr } = spawnSync('sh', ['-e', '-c', here], {
    input,
    cwd: empty,
    env: { ...process.env, PATH: [programs, process.env['PATH']].join(delimiter) },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

test('the ways of the DuckDB CLI that sql/README.md names print the same from any folder', async () => {
  const [query = ''] = queries;
  const scripts = [...page.matchAll(/```sh\n(.*?)```/gs)]
    .map(([, script = '']) => script)
    .filter((script) => script.includes('duckdb '));
  expect(scripts).toHaveLength(2);
  const expected = await printed(query);
  for (const script of scripts) expect(await inEmptyFolder(script, query)).toBe(expected);
});

test('from the root of a checkout init.sql is read at the start, and again for another lake', async () => {
  const [query = ''] = queries;
  const other = literal(lakeLayout(folder, 'acme').root);
  const input = `set variable lake = ${other};\n.read sql/init.sql\n${query}`;
  expect(await inEmptyFolder('cd /srv/ai-sessions; duckdb -init sql/init.sql', input)).toBe(
    await printed(query),
  );
});

test('what sql/README.md says of object stores is SQL', async () => {
  const [, section = ''] = page.split('## A lake in an object store\n');
  const scripts = [...section.matchAll(/```\n(.*?)```/gs)].map(([, script = '']) => script);
  expect(scripts).toHaveLength(2);
  for (const script of scripts) {
    const { count } = await connection.extractStatements(script.replaceAll(/^\..*$/gm, ''));
    expect(count).toBe(4);
  }
});

test('sql/README.md names every report and every parameter of theirs', async () => {
  const macros = ['ai_sessions', ...Object.values(REPORTS).map(({ macro }) => macro)];
  const parameters = await connection.runAndReadAll(
    `select distinct unnest(f.parameters)
     from duckdb_functions() as f
     where list_contains($macros::varchar[], f.function_name)`,
    { macros: listValue(macros) },
  );
  expect(parameters.currentRowCount).toBeGreaterThan(20);
  const names = [...macros, ...parameters.getRows().map(([name]) => String(name))];
  const table = page.split('\n').filter((line) => line.startsWith('| `'));
  const documented = table.flatMap((line) => line.split('|')[1]?.match(/\w+/g) ?? []);
  expect(names.filter((name) => !documented.includes(name))).toEqual([]);
});
