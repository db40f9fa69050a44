// A Run as text is run for real: by a shell, by curl, by the command line, by a plain DuckDB. What comes
// out is the Run's file, or the Run, whatever its values hold.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Command } from 'commander';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addParameterOptions, parameterPairs } from '../../analytics/commands/parameterOptions.ts';
import { readScript } from '../../analytics/engine/definitions.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { FORMATS } from '../../sql/contract/format.ts';
import { GROUPINGS, parseQuery, WEEK_STARTS } from '../../sql/contract/parameters.ts';
import { shellWord, sqlText } from '../../sql/contract/quoted.ts';
import { isReportName, REPORT_NAMES } from '../../sql/contract/report.ts';
import { fileName, givenParameters, type ResolvedRun, resolveRun } from '../../sql/contract/run.ts';
import { asCommand, asCurl, asSql } from '../../sql/contract/runText.ts';
import { readRun } from './support/reportBytes.ts';
import { openRunner, type Runner } from './support/runner.ts';

const SAMPLE = { sessions: 3000, days: 10, seed: 1, transcripts: true, until: '2026-07-31' };
const RANGE = { from: '2026-07-24', to: '2026-07-30' };
const DEFAULTS = { timezone: 'America/Los_Angeles', weekStart: 'monday' } as const;
const NOW = new Date('2026-08-01T12:00:00Z');
const ID = 'c'.repeat(40);

let folder: string;
let runner: Runner;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(join(folder, 'data'), 'acme');
  await makeSample({ ...SAMPLE, layout });
  runner = await openRunner(layout);
});

afterAll(async () => {
  await runner.close();
  await rm(folder, { recursive: true, force: true });
});

function resolved(report: string, parameters: object): ResolvedRun {
  const run = resolveRun(readRun(report, parameters), DEFAULTS, NOW);
  if (!run.ok) throw new Error(JSON.stringify(run.faults));
  return run.value;
}

/** Texts that a shell or SQL might take for something else, and any others; no NUL. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", '"', '\\', '$(id)', '`id`', '$HOME', '!', '*', '~', '#', ';', '&', '\n'),
      fc.constantFrom('\r', '\t', ' ', '-', '--', '%s', '{a,b}', '=', '/*', '$$', "''", 'é', '🙂'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join('').replaceAll('\0', '-'));

/** What a POSIX shell makes of the words. */
function words(script: string): string[] {
  const { stdout, stderr } = spawnSync('sh', ['-c', script], { maxBuffer: 1e8 });
  expect(stderr.toString()).toBe('');
  return stdout.toString().split('\0').slice(0, -1);
}

const texts = (values: fc.Arbitrary<string>) => fc.array(values, { minLength: 1, maxLength: 50 });

test('a value is one word of a shell, whatever it holds', () => {
  fc.assert(
    fc.property(texts(hostile), (values) => {
      expect(words(`printf '%s\\0' ${values.map(shellWord).join(' ')}`)).toEqual(values);
    }),
    { numRuns: 40 },
  );
});

test.each([shellWord, sqlText])('a terminal has nothing to obey in what $name makes', (quoted) => {
  const pasted = '\u0003\u001b[201~\r\trm\u007f\u0085\u009b';
  fc.assert(
    fc.property(fc.oneof(hostile, fc.constant(pasted)), (value) => {
      expect(quoted(value).replaceAll('\n', '')).toMatch(/^\P{Cc}*$/u);
    }),
  );
});

test('a value is one text of SQL, whatever it holds, a NUL too', async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await fc.assert(
    fc.asyncProperty(texts(fc.oneof(hostile, fc.constant('a\0b\0'))), async (values) => {
      const reader = await connection.runAndReadAll(`select [${values.map(sqlText).join(', ')}]`);
      expect(reader.getRowsJS()).toEqual([[values]]);
    }),
    { numRuns: 40 },
  );
  connection.closeSync();
});

const options = {
  grouping: fc.constantFrom(...GROUPINGS),
  weekStart: fc.constantFrom(...WEEK_STARTS),
  timezone: fc.constantFrom('America/Los_Angeles', 'Asia/Tokyo'),
  channel: fc.array(hostile, { minLength: 1, maxLength: 3 }),
  handoffSubcategory: fc.array(hostile, { minLength: 1, maxLength: 3 }),
  outcome: fc.constant(['resolved', 'handed_off']),
  recontacted: fc.constantFrom('true', 'pending'),
  dates: fc.constantFrom('local', 'iso'),
  formulaGuard: fc.boolean(),
};
const someOptions = fc.record(options, { requiredKeys: [] });

const runs = fc.oneof(
  fc.record({
    report: fc.constantFrom(...REPORT_NAMES),
    parameters: fc.tuple(someOptions, fc.constantFrom(...FORMATS)).map(([some, format]) => ({
      ...some,
      format,
    })),
  }),
  fc.record({
    report: fc.constant('ai-sessions-detail-with-messages'),
    parameters: fc.record(
      {
        columns: fc.constantFrom('standard', 'extended'),
        messages: fc.constantFrom('text', 'json'),
        excel: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  }),
);

/** With what is the same said or not: which day weeks begin on counts for weeks only. */
function alike({ report, parameters }: ResolvedRun) {
  const weekStart = parameters.grouping === 'week' ? parameters.weekStart : 'any';
  return {
    report,
    parameters: { columns: 'standard', messages: 'text', ...parameters, weekStart },
  };
}

/** The Run that name and value pairs ask for where the defaults are others. */
function asked(report: string, pairs: Iterable<readonly [string, string]>) {
  if (!isReportName(report)) throw new Error(`no report: ${report}`);
  const parsed = parseQuery(report, pairs);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const elsewhere = { timezone: 'Asia/Kathmandu', weekStart: 'sunday' } as const;
  const run = resolveRun({ report, parameters: parsed.value }, elsewhere, new Date(0));
  if (!run.ok) throw new Error(JSON.stringify(run.faults));
  return alike(run.value);
}

function optionsOf(args: string[]) {
  const command = addParameterOptions(new Command())
    .option('--org <org>')
    .option('--output <file>');
  return command.parse(args, { from: 'user' }).opts();
}

test('the command line and the link ask for the very Run', () => {
  fc.assert(
    fc.property(runs, ({ report, parameters }) => {
      const run = resolved(report, parameters);
      const say = `npx() { printf '%s\\0' "$@"; }\ncurl() { npx "$@"; }\nmv() { :; }\n`;

      const [program, command, name = '', ...args] = words(say + asCommand(run, 'acme'));
      const { org, output, ...given } = optionsOf(args);
      expect([program, command, org, output]).toEqual([
        'ai-sessions',
        'run',
        'acme',
        fileName(run),
      ]);
      expect(asked(name, parameterPairs(given))).toEqual(alike(run));

      const reach = { origin: 'https://reports.example', needsToken: true };
      const url = new URL(words(say + asCurl(run, reach)).at(-1) ?? '');
      const [, reportOfLink = '', format = ''] =
        /^\/reports\/([\w-]+)\.(.+)$/.exec(url.pathname) ?? [];
      const pairs = [...url.searchParams, ['format', format]] as const;
      expect(asked(reportOfLink, pairs)).toEqual(alike(run));
    }),
    { numRuns: 40 },
  );
});

test('what a Run says without being told is left out', () => {
  expect(givenParameters(resolved('ai-sessions-detail', RANGE))).toEqual({
    ...RANGE,
    timezone: DEFAULTS.timezone,
  });
  const same = { grouping: 'month', weekStart: 'sunday', format: 'jsonl', formulaGuard: false };
  expect(givenParameters(resolved('ai-sessions-summary', { ...RANGE, ...same }))).toEqual({
    ...RANGE,
    timezone: DEFAULTS.timezone,
    format: 'jsonl',
  });
  const other = { grouping: 'none', formulaGuard: true, excel: false, format: 'jsonl' };
  expect(givenParameters(readRun('ai-sessions-summary', other))).toEqual({
    grouping: 'none',
    format: 'jsonl',
    formulaGuard: true,
  });
});

/** Of sessions of the sample, and of none. */
const ODD = {
  guide: ['The "no receipt" return', 'Refunds, "store credit" & gift receipts', "it's none"],
  handoffSubcategory: ['wants to cancel\nand get the money back', 'クレーム', "\0'"],
};

const ODD_RUN = resolved('ai-sessions-detail', { ...RANGE, guide: ODD.guide, grouping: 'week' });

describe('as SQL, in a plain DuckDB', () => {
  let connection: DuckDBConnection;

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:')).connect();
    const lake = sqlText(join(folder, 'data', 'acme'));
    await connection.run(`set variable lake = ${lake};\n${await readScript()}`);
  });

  afterAll(() => connection.closeSync());

  const cases: [string, object][] = [
    ...REPORT_NAMES.flatMap((report): [string, object][] => [
      [report, { guide: ODD.guide, formulaGuard: false }],
      [report, { dates: 'iso', timezone: 'Asia/Tokyo', channel: ['CHAT', 'EMAIL'] }],
    ]),
    ['ai-sessions-detail', { handoffSubcategory: ODD.handoffSubcategory, grouping: 'week' }],
    ['ai-sessions-detail', { columns: 'extended', recontacted: 'true', outcome: ['resolved'] }],
    ['ai-sessions-detail-with-messages', { messages: 'json', agent: ['Main Guides'] }],
    ['ai-sessions-summary', { by: 'channel', grouping: 'week', weekStart: 'sunday' }],
  ];

  test.each(cases)('%s with %j has the rows of its file', async (report, parameters) => {
    const run = resolved(report, { ...RANGE, ...parameters });
    const file = join(folder, 'rows.csv');
    await connection.run(`copy (${asSql(run, 'acme').slice(0, -1)}) to ${sqlText(file)} (header)`);
    const bytes = await readFile(file);
    expect(bytes.equals(await runner.bytes(run))).toBe(true);
    expect(bytes.toString().split('\n').length).toBeGreaterThan(2);
  });

  test.each(REPORT_NAMES)('%s as Parquet has the types of its file', async (report) => {
    const run = resolved(report, { ...RANGE, format: 'parquet' });
    const file = join(folder, 'run.parquet');
    await writeFile(file, await runner.bytes(run));
    const ours = await connection.runAndReadAll(asSql(run, 'acme'));
    const theirs = await connection.runAndReadAll(`from ${sqlText(file)}`);
    expect(ours.columnNameAndTypeObjectsJson()).toEqual(theirs.columnNameAndTypeObjectsJson());
    expect(ours.getRowsJson()).toEqual(theirs.getRowsJson());
  });
});

const FILE = Buffer.from('0123456789'.repeat(1000));

/** Answers as `answer` says; knows what it was asked. */
async function site(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, requests, origin: `http://127.0.0.1:${port}` };
}

describe('in a terminal', () => {
  let bin: string;

  beforeAll(async () => {
    bin = join(folder, 'bin');
    await mkdir(bin);
    const npx = `#!/bin/sh\nshift\nexec ${shellWord(process.execPath)} ${shellWord(resolve('analytics/cli.ts'))} "$@"\n`;
    await writeFile(join(bin, 'npx'), npx, { mode: 0o755 });
  });

  /** Runs it in an empty folder, with the lakes at hand. */
  async function inTerminal(script: string, files: Readonly<Record<string, string>> = {}) {
    const cwd = await mkdtemp(join(folder, 'cwd-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const PATH = `${bin}:${process.env['PATH']}`;
    const env = { PATH, HOME: cwd, TMPDIR: folder, AI_SESSIONS_DATA: join(folder, 'data') };
    const child = spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const [stdout, stderr] = [child.stdout, child.stderr].map((from) => from.toArray());
    const [status] = await once(child, 'exit');
    const said = Buffer.concat((await stderr) ?? []).toString();
    return { cwd, status, said, stdout: Buffer.concat((await stdout) ?? []) };
  }

  test('the command writes the file under its name', async () => {
    const { cwd, status } = await inTerminal(asCommand(ODD_RUN, 'acme'));
    expect(status).toBe(0);
    expect(await readdir(cwd)).toEqual([
      'GladlyAISessionsDetailReport-20260724-20260730-Weekly.csv',
    ]);
    const bytes = await readFile(join(cwd, fileName(ODD_RUN)));
    expect(bytes.equals(await runner.bytes(ODD_RUN))).toBe(true);
  });

  test('the SQL says how it is run', async () => {
    const sql = asSql(ODD_RUN, 'acme');
    const [how = ''] = sql.split('\n');
    const { stdout, said } = await inTerminal(how.replace(/^-- /, ''), { 'report.sql': sql });
    expect(said).toBe('');
    expect(stdout.equals(await runner.bytes(ODD_RUN))).toBe(true);
  });

  test('curl goes on with a Run’s file where it stopped', async () => {
    const { server, requests, origin } = await site(({ headers: { range } }, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
      const rest = FILE.subarray(from);
      const of = `bytes ${from}-${FILE.length - 1}/${FILE.length}`;
      response.writeHead(range === undefined ? 200 : 206, {
        'Content-Length': rest.length,
        ...(range === undefined ? {} : { 'Content-Range': of }),
      });
      if (from > 0) response.end(rest);
      else response.write(rest.subarray(0, 4000), () => response.destroy());
    });
    const script = asCurl(ODD_RUN, { origin, needsToken: false }, ID);
    const { cwd, status, stdout } = await inTerminal(`${script}\nls\n${script}`);
    server.close();
    expect(status).toBe(0);
    expect(stdout.toString()).toBe(`${fileName(ODD_RUN)}.cccccccc.part\n`);
    expect(await readdir(cwd)).toEqual([fileName(ODD_RUN)]);
    expect(requests.map(({ url, headers }) => [url, headers.range])).toEqual([
      [`/api/runs/${ID}/download`, undefined],
      [`/api/runs/${ID}/download`, 'bytes=4000-'],
    ]);
    expect((await readFile(join(cwd, fileName(ODD_RUN)))).equals(FILE)).toBe(true);
  });

  test('curl brings the token as a password, and writes no refusal into the file', async () => {
    const { server, requests, origin } = await site((_, response) => {
      response.writeHead(401).end('{"title":"Not signed in"}');
    });
    const script = asCurl(ODD_RUN, { origin, needsToken: true });
    expect(script).toMatch(/^# .+ your API token\.\ncurl /);
    const { cwd, status } = await inTerminal(script.replace('you@example.com', '$&:token'));
    server.close();
    expect(status).toBe(22);
    expect(await readdir(cwd)).toEqual([]);
    const basic = Buffer.from('you@example.com:token').toString('base64');
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([`Basic ${basic}`]);
  });
});
