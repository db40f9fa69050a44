// The command line as a user meets it (SPEC 6): exit status, what goes where, whole files or none.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { damageColumn, damageData } from '../e2e/support/damage.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

const SAMPLE = { sessions: 3000, days: 10, seed: 1, transcripts: true, until: '2026-07-31' };
const BIG_DAY = { sessions: 100_000, days: 1, seed: 1, transcripts: false, until: '2026-07-01' };

const DETAIL = 'ai-sessions-detail';
const PARAMETERS = { from: '2026-07-24', to: '2026-07-31' };
const RANGE = ['--from', '2026-07-24', '--to', '2026-07-31'];

let folder: string;
/** Holds acme's lake alone. */
let data: string;
/** Temporary files of the program, empty before each test. */
let temp: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  data = join(folder, 'data');
  await makeSample({ ...SAMPLE, layout: lakeLayout(data, 'acme') });
});

beforeEach(async () => {
  temp = await mkdtemp(join(folder, 'temp-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (args: readonly string[], env: Record<string, string> = {}) =>
  startProgram('cli.ts', args, { temp, env });

const cli = (args: readonly string[], env: Record<string, string> = {}) =>
  untilEnd(start(args, env));

const run = (args: readonly string[]) => cli(['run', DETAIL, '--data', data, ...RANGE, ...args]);

const expected = (parameters: object = PARAMETERS) =>
  runBytes(lakeLayout(data, 'acme'), readRun(DETAIL, parameters));

describe('run', () => {
  test('writes the report to standard output and its sums to standard error', async () => {
    const { status, stdout, stderr } = await run([]);
    expect(status).toBe(0);
    expect(stdout.equals(await expected())).toBe(true);
    const sha256 = createHash('sha256').update(stdout).digest('hex');
    const rows = parse(stdout, { columns: true }).length;
    expect(stderr).toBe(`${rows} rows, ${stdout.length} bytes, SHA-256 ${sha256}\n`);
    expect(await readdir(temp)).toEqual([]);
  });

  test('writes the header even when there are no rows', async () => {
    const { stdout, stderr } = await run(['--session-id', 'none-such']);
    expect(stdout.toString()).toMatch(/^Session ID,[^\n]+\n$/);
    expect(stderr).toMatch(/^0 rows, /);
  });

  test('takes every parameter of a Run as an option', async () => {
    const options = ['--week-start', 'sunday', '--grouping', 'week', '--columns', 'extended'];
    const filters = ['--channel', 'CHAT', '--channel', 'SMS', '--formula-guard', 'false'];
    const { stdout } = await run([...options, ...filters, '--timezone', 'Asia/Tokyo']);
    const bytes = await expected({
      ...PARAMETERS,
      weekStart: 'sunday',
      grouping: 'week',
      columns: 'extended',
      channel: ['CHAT', 'SMS'],
      formulaGuard: false,
      timezone: 'Asia/Tokyo',
    });
    expect(stdout.equals(bytes)).toBe(true);
  });

  test('takes a parameter by its own name too, and both spellings together', async () => {
    const options = ['--weekStart', 'sunday', '--grouping', 'week', '--formulaGuard', 'false'];
    const filters = ['--handoffCategory', 'handoff_manual', '--handoff-category', 'handoff_qc'];
    const { stdout } = await run([...options, ...filters]);
    const bytes = await expected({
      ...PARAMETERS,
      weekStart: 'sunday',
      grouping: 'week',
      formulaGuard: false,
      handoffCategory: ['handoff_manual', 'handoff_qc'],
    });
    expect(stdout.equals(bytes)).toBe(true);
  });

  test('takes folder and organisation from the environment too', async () => {
    const env = { AI_SESSIONS_DATA: data, AI_SESSIONS_ORG: 'acme' };
    const { stdout } = await cli(['run', DETAIL, ...RANGE], env);
    expect(stdout.equals(await expected())).toBe(true);
  });

  test('ends quietly when its reader has had enough', async () => {
    const program = start(['run', DETAIL, '--data', data, ...RANGE]);
    program.stdout.once('data', () => program.stdout.destroy());
    const [[status], stderr] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
    expect(stderr).toBe('');
    expect(status).toBe(141);
    expect(await readdir(temp)).toEqual([]);
  });
});

const WAIT = { timeout: 30_000, interval: 5 };
const isPartial = (name: string) => name.endsWith('.partial');

describe('run --output', () => {
  let folderOfOutput: string;
  let output: string;

  beforeEach(async () => {
    folderOfOutput = await mkdtemp(join(folder, 'output-'));
    output = join(folderOfOutput, 'report.csv');
  });

  test('writes the file and nothing on standard output, replacing an earlier file', async () => {
    await writeFile(output, 'of last month');
    const { status, stdout, stderr } = await run(['--output', output]);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: '' });
    const bytes = await readFile(output);
    expect(bytes.equals(await expected())).toBe(true);
    expect(stderr).toContain(createHash('sha256').update(bytes).digest('hex'));
    expect(await readdir(folderOfOutput)).toEqual(['report.csv']);
  });

  test('leaves an earlier file alone when the Run fails', async () => {
    const damaged = join(folder, 'damaged');
    await cp(data, damaged, { recursive: true });
    await damageData(lakeLayout(damaged, 'acme').sessionsFile('2026-07-28'));
    await writeFile(output, 'of last month');
    const { status, stdout } = await run(['--data', damaged, '--output', output]);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 1, stdout: '' });
    expect(await readFile(output, 'utf8')).toBe('of last month');
    expect(await readdir(folderOfOutput)).toEqual(['report.csv']);
    expect(await readdir(temp)).toEqual([]);
  });

  test.each(['csv', 'jsonl', 'parquet', 'arrow'])(
    'as %s writes no file without the rows behind damage that is found late',
    async (format) => {
      const late = join(folder, `late-${format}`);
      const layout = lakeLayout(late, 'acme');
      await makeSample({ ...SAMPLE, sessions: 60_000, days: 4, transcripts: false, layout });
      await damageColumn(layout.sessionsFile('2026-07-31'), 'session_summary');
      const { status } = await run(['--data', late, '--format', format, '--output', output]);
      expect(status).toBe(1);
      expect(await readdir(folderOfOutput)).toEqual([]);
    },
  );

  test('says that it cannot write there, in one line', async () => {
    const { status, stderr } = await run(['--output', join(folder, 'missing', 'report.csv')]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Cannot write "[^"]+report\.csv": no such file or directory\n$/);
  });

  describe('killed in the middle', () => {
    let big: string;

    beforeAll(async () => {
      big = join(folder, 'big');
      await makeSample({ ...BIG_DAY, layout: lakeLayout(big, 'acme') });
    });

    /** Starts a long Run, and kills it once it has begun to write. */
    async function killed(signal: NodeJS.Signals) {
      const day = ['--from', '2026-07-01', '--to', '2026-07-01', '--timezone', 'UTC'];
      const program = start(['run', DETAIL, '--data', big, ...day, '--output', output]);
      const ended = untilEnd(program);
      await vi.waitFor(async () => {
        const [partial = 'none'] = (await readdir(folderOfOutput)).filter(isPartial);
        expect((await stat(join(folderOfOutput, partial))).size).toBeGreaterThan(0);
      }, WAIT);
      program.kill(signal);
      return ended;
    }

    test.each<[NodeJS.Signals, number]>([
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ])(
      'by %s it ends with %i, says so, and leaves nothing but the earlier file',
      async (signal, status) => {
        await writeFile(output, 'of last month');
        const ended = await killed(signal);
        expect(ended).toMatchObject({ status, stderr: 'Error: Cannot finish: interrupted\n' });
        expect(await readFile(output, 'utf8')).toBe('of last month');
        expect(await readdir(folderOfOutput)).toEqual(['report.csv']);
        expect(await readdir(temp)).toEqual([]);
      },
    );

    test('by SIGKILL it leaves no file under the name', async () => {
      const { signal } = await killed('SIGKILL');
      expect(signal).toBe('SIGKILL');
      expect((await readdir(folderOfOutput)).filter((name) => !isPartial(name))).toEqual([]);
    });
  });
});

describe('a command line that is wrong', () => {
  test.each([
    [
      'an unknown report',
      ['run', 'ai-guide'],
      /report "ai-guide": the reports are ai-sessions-detail,.+\nDid you mean ai-guides\?\n/,
    ],
    ['no report', ['run'], /missing required argument 'report'/],
    [
      'an unknown option',
      ['run', DETAIL, '--colums', 'extended'],
      /^Error: unknown option '--colums'\nDid you mean --columns\?\nFor its .+: ai-sessions run --help\n$/,
    ],
    [
      'an unknown option of a command of a command',
      ['audit', 'verify', '--colour'],
      /For its options and examples: ai-sessions audit verify --help\n$/,
    ],
    ['an unknown command', ['runn'], /unknown command 'runn'\nDid you mean run\?/],
    [
      'a repeated value of both spellings',
      ['run', DETAIL, '--week-start', 'monday', '--weekStart', 'monday'],
      /only once/,
    ],
    ['an organisation above the data', ['run', DETAIL, '--org', '..'], /--org must be one DNS/],
    ['a repeated date', ['run', DETAIL, '--from', '2026-07-01', '--from', '2026-07-01'], /from/],
    ['a folder as output', ['run', DETAIL, '--output', '.'], /it is a folder/],
    ['memory that is none', ['run', DETAIL, '--memory-limit', 'much'], /a size like 500MB/],
    ['a port that is none', ['serve', '--port', '65536'], /--port must be/],
    [
      'an age without end',
      ['serve', '--spool-age', 'Infinity'],
      /--spool-age must be a number above 0/,
    ],
    ['keys that are none', ['serve', '--public-keys', '{}'], /ASSERTION_PUBLIC_KEYS must be/],
    ['no keys', ['serve'], /--public-keys/],
  ])('%s ends with 2 and says what is right', async (_, args, message) => {
    const { status, stdout, stderr } = await cli(args);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('names every fault of a Run at once', async () => {
    const faults = ['--from', '2026-02-30', '--timezone', 'Nowhere', '--grouping', 'hour'];
    const { status, stderr } = await cli(['run', DETAIL, '--data', data, ...faults]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^Error: Cannot run the report: from: .+; timezone: .+; grouping: .+\n/);
  });

  test('asks for --org where there are several, naming them', async () => {
    await mkdir(join(folder, 'several', 'globex'), { recursive: true });
    await mkdir(join(folder, 'several', 'acme'));
    const { status, stderr } = await run(['--data', join(folder, 'several')]);
    expect(status).toBe(2);
    expect(stderr).toContain('Error: Name one of the organisations with --org: acme, globex\n');
  });
});

describe('output that nobody takes', () => {
  test.each([
    ['definitions', ['definitions']],
    ['completion', ['completion', 'bash']],
    ['--help', ['run', '--help']],
    ['sample', ['sample', '--sessions', '10', '--days', '1']],
    ['ingest --json', ['ingest', 'sessions', 'sessions.jsonl', '--json']],
  ])('of %s is no failure to speak of, and what was to be done is done', async (_, args) => {
    const into = join(temp, 'data');
    const records = join(temp, 'sessions.jsonl');
    await writeFile(records, '{"sessionId":"a","createdAt":"2026-07-01T00:00:00Z"}\n');
    const env = { AI_SESSIONS_DATA: into, AI_SESSIONS_ORG: 'acme' };
    const given = args.map((each) => (each === 'sessions.jsonl' ? records : each));
    const program = start(given, env);
    program.stdout.destroy();
    const [[status], stderr] = await Promise.all([once(program, 'exit'), text(program.stderr)]);
    expect(status).toBe(141);
    expect(stderr).not.toMatch(/Error|EPIPE/);
    const isLake = ['sample', 'ingest'].includes(args[0] ?? '');
    expect(await readdir(into).catch(() => [])).toEqual(
      isLake ? expect.arrayContaining(['acme']) : [],
    );
  });

  test('of a full disk is a failure in one line', async () => {
    const full = startProgram('cli.ts', ['definitions'], {
      temp,
      wrapper: ['sh', '-c', 'exec "$@" > /dev/full', 'sh'],
    });
    const { status, stderr } = await untilEnd(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: Cannot write: no space left on device\n$/);
  });

  test('said to a standard error that is closed stops nothing', async () => {
    const program = start(['run', DETAIL, '--data', data, ...RANGE]);
    program.stderr.destroy();
    const [[status], stdout] = await Promise.all([once(program, 'exit'), buffer(program.stdout)]);
    expect(status).toBe(0);
    expect(stdout.equals(await expected())).toBe(true);
  });
});

describe('a command that cannot do what was asked', () => {
  test.each([
    [
      'there is no folder',
      (): string[] => ['--data', join(folder, 'none')],
      /^Error: Cannot find a lake in \S+none: there is no such folder\n.*ai-sessions sample/,
    ],
    [
      'there is no lake',
      () => ['--data', temp],
      /^Error: Cannot find a lake in \S+: the folder holds none\n.*ai-sessions sample/,
    ],
    [
      'there is none of that name',
      () => ['--org', 'acne'],
      /^Error: Cannot find a lake of "acne" in \S+: there is acme\nDid you mean acme\?\n$/,
    ],
    [
      'the folder is a file',
      () => ['--data', 'package.json'],
      /^Error: Cannot read the folder ".+package.json": not a directory\n$/,
    ],
  ])('ends with 1, with what was found and what to do, when %s', async (_, args, message) => {
    const { status, stdout, stderr } = await run(args());
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('--help', () => {
  test('lists the commands, and each explains itself', async () => {
    const { status, stdout, stderr } = await cli(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [, list = ''] = stdout.toString().split('Commands:\n');
    const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '');
    expect(commands).toEqual(expect.arrayContaining(['run', 'sample', 'serve', 'help']));
    for (const command of commands.filter((name) => name !== 'help')) {
      const help = await cli([command, '--help']);
      expect({ status: help.status, stderr: help.stderr }).toEqual({ status: 0, stderr: '' });
      expect(help.stdout.toString()).toMatch(`Usage: ai-sessions ${command} [options]`);
    }
  });

  test('of npm start says how to choose a port', async () => {
    const { status, stdout } = await untilEnd(startProgram('start.ts', ['--help'], { temp }));
    expect(status).toBe(0);
    expect(stdout.toString()).toMatch(/--port <port>/);
  });
});
