// The main job: `npm start`, the curl command that it prints, and Ctrl-C. And the same report on every
// way in (SPEC 1): the same bytes.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { listLakes } from '../../analytics/lake/list.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { assertPortFree } from '../../analytics/local/port.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { macroBytes, readRun } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { curl, headerOptions } from './support/curl.ts';
import { startEdgeBefore } from './support/edge.ts';
import { groupsBelow, runningIn } from './support/processes.ts';
import { startProgram, untilEnd } from './support/program.ts';
import { bearer } from './support/tokens.ts';

const HOST = '127.0.0.1';
const WAIT = { timeout: 60_000, interval: 20 };

const run = promisify(execFile);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const expectNotRunning = (groups: readonly number[]) =>
  vi.waitFor(async () => expect(await runningIn(groups)).toEqual([]), WAIT);

describe('npm start', () => {
  /** The lake that the first start makes, and the others serve. */
  let data: string;
  let temp: string;
  let port: number;
  let stopAll: (() => Promise<unknown>)[] = [];

  beforeAll(() => {
    data = join(folder, 'data');
  });

  beforeEach(async () => {
    temp = await mkdtemp(join(folder, 'temp-'));
    port = await freePort();
  });

  afterEach(async () => {
    for (const stop of stopAll) await stop();
    stopAll = [];
  });

  function start(dataDir = data) {
    const args = ['--data', dataDir, '--port', String(port)];
    const program = startProgram('start.ts', args, { temp });
    const said = { stdout: '', stderr: '' };
    program.stdout.on('data', (chunk) => (said.stdout += chunk));
    program.stderr.on('data', (chunk) => (said.stderr += chunk));
    const ended = once(program, 'close').then(([status]) => status as number | null);
    stopAll.push(() => {
      program.kill('SIGINT');
      return ended;
    });
    return {
      said,
      ended,
      interrupt: () => program.kill('SIGINT'),
      untilSaid: (where: keyof typeof said, what: RegExp) =>
        vi.waitFor(() => expect(said[where]).toMatch(what), WAIT),
      /** Process groups of what it has started, once it has. */
      untilGroups: () =>
        vi.waitFor(async () => {
          const groups = await groupsBelow(program.pid);
          expect(groups).not.toEqual([]);
          return groups;
        }, WAIT),
    };
  }

  async function expectNothingLeft(groups: readonly number[]): Promise<void> {
    await expectNotRunning(groups);
    await assertPortFree(HOST, port);
    const left = await readdir(temp);
    expect(left.filter((name) => name.startsWith('ai-sessions-'))).toEqual([]);
  }

  test('makes a sample, serves it by the curl command that it prints, and ends with Ctrl-C', async () => {
    const started = start();
    await started.untilSaid('stdout', /Ctrl-C/);
    const [command = 'false'] = /curl .+$/m.exec(started.said.stdout) ?? [];
    expect(await listLakes(data)).toEqual(['acme']);

    const downloads = join(folder, 'downloads');
    await mkdir(downloads);
    await run('sh', ['-c', command], { cwd: downloads });
    const [file = '', ...others] = await readdir(downloads);
    expect(others).toEqual([]);
    expect(file).toMatch(/^GladlyAISessionsDetailReport-\d{6}01-\d{8}\.csv$/);
    const csv = await readFile(join(downloads, file), 'utf8');
    expect(csv).toMatch(/^Session ID,.+,Conversation Link\n[\w-]{22},/);
    expect(csv.split('\n').length).toBeGreaterThan(3000);

    const groups = await started.untilGroups();
    started.interrupt();
    expect(await started.ended).toBe(0);
    await expectNothingLeft(groups);
  });

  test('ends with Ctrl-C before the edge is ready', async () => {
    const started = start();
    const groups = await started.untilGroups();
    started.interrupt();
    expect(await started.ended).toBe(0);
    expect(started.said.stdout).toBe('');
    await expectNothingLeft(groups);
  });

  test('ends with Ctrl-C while it makes the sample, and leaves no half of one', async () => {
    const dataDir = join(folder, 'other');
    const started = start(dataDir);
    await vi.waitFor(async () => expect(await readdir(dataDir)).not.toEqual([]), WAIT);
    started.interrupt();
    expect(await started.ended).toBe(0);
    expect(await readdir(dataDir)).toEqual([]);
    await expectNothingLeft([]);
  });

  test('leaves nothing running when someone cannot wait and presses Ctrl-C again', async () => {
    const started = start();
    const groups = await started.untilGroups();
    const again = setInterval(started.interrupt, 5);
    await started.ended;
    clearInterval(again);
    await expectNotRunning(groups);
    expect((await readdir(temp)).filter((name) => name.startsWith('ai-sessions-edge-'))).toEqual(
      [],
    );
  });

  test('says so and ends when the edge ends', async () => {
    const started = start();
    await started.untilSaid('stdout', /Ctrl-C/);
    const groups = await started.untilGroups();
    for (const group of groups) process.kill(-group, 'SIGKILL');
    expect(await started.ended).toBe(1);
    expect(started.said.stderr).toMatch(/^Error: Cannot go on: the edge worker ended$/m);
    await expectNothingLeft(groups);
  });

  test('says how to choose another port when its own is taken, and starts nothing', async () => {
    const taken = createServer().listen(port, HOST);
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const dataDir = join(folder, 'none');
    const { said, ended } = start(dataDir);
    expect(await ended).toBe(1);
    expect(said).toEqual({
      stdout: '',
      stderr: `Error: Cannot listen on ${HOST}:${port}: the port is taken; choose another with: npm start -- --port ${port + 1}\n`,
    });
    expect(await readdir(temp)).toEqual([]);
    expect(await readdir(folder)).not.toContain('none');
  });

  test('like ai-sessions serve', async () => {
    const taken = createServer().listen(port, HOST);
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { publicKeys } = await makeSigningKeys();
    const env = { ASSERTION_PUBLIC_KEYS: JSON.stringify(publicKeys) };
    const args = ['serve', '--data', folder, '--port', String(port)];
    const { status, stderr } = await untilEnd(startProgram('cli.ts', args, { temp, env }));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `Error: Cannot listen on ${HOST}:${port}: the port is taken; choose another with --port\n`,
    });
    expect(await readdir(temp)).toEqual([]);
  });
});

const hyphenated = (name: string) => name.replace(/[A-Z]/g, (each) => `-${each.toLowerCase()}`);

describe('the same Run gives the same bytes', () => {
  const SAMPLE = { sessions: 2500, days: 40, seed: 3, transcripts: true, until: '2026-07-31' };
  const RANGE = { from: '2026-07-01', to: '2026-07-31' };
  let layout: LakeLayout;
  let edge: EdgeProcess;
  let analytics: Analytics;

  beforeAll(async () => {
    const dataDir = join(folder, 'same');
    layout = lakeLayout(dataDir, 'acme');
    await makeSample({ ...SAMPLE, layout });
    const { privateKey, publicKeys } = await makeSigningKeys();
    const port = await freePort();
    analytics = await startAnalytics({ dataDir, temp: folder, port, publicKeys });
    edge = await startEdgeBefore(port, privateKey);
  });

  afterAll(async () => {
    await edge.stop();
    await analytics.end('SIGTERM');
  });

  type Parameters = Readonly<Record<string, string | readonly string[]>>;

  const pairs = (parameters: Parameters) =>
    Object.entries(parameters).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );

  async function throughTheEdge(report: string, parameters: Parameters): Promise<Buffer> {
    const query = new URLSearchParams(pairs(parameters)).toString();
    const url = `${edge.url}/reports/${report}.csv?${query}`;
    const file = join(folder, 'same.csv');
    const { status, bytes } = await curl(url, file, headerOptions(await bearer())).ended;
    expect(status).toBe(0);
    return bytes;
  }

  async function fromTheCommandLine(report: string, parameters: Parameters): Promise<Buffer> {
    const options = pairs(parameters).flatMap(([name, value]) => [`--${hyphenated(name)}`, value]);
    const args = ['run', report, '--data', join(folder, 'same'), ...options];
    const { status, stdout } = await untilEnd(startProgram('cli.ts', args, { temp: folder }));
    expect(status).toBe(0);
    return stdout;
  }

  const DETAIL = 'ai-sessions-detail';
  const WITH_MESSAGES = 'ai-sessions-detail-with-messages';

  test.each<[string, Parameters]>([
    ...REPORT_NAMES.map((report): [string, Parameters] => [report, {}]),
    [DETAIL, { timezone: 'Asia/Kolkata', grouping: 'week', weekStart: 'sunday' }],
    [DETAIL, { columns: 'extended', dates: 'iso', excel: 'true', formulaGuard: 'false' }],
    [DETAIL, { channel: ['CHAT', 'SMS', 'EMAIL'], outcome: ['resolved'], recontacted: 'true' }],
    [WITH_MESSAGES, { messages: 'json', timezone: 'America/St_Johns' }],
    [WITH_MESSAGES, { grouping: 'quarter', excel: 'true' }],
  ])('%s %o: curl through the edge, the command line, the macro', async (report, parameters) => {
    const all = { ...RANGE, ...parameters };
    const expected = await macroBytes(layout, readRun(report, all));
    expect(expected.toString().split('\n').length).toBeGreaterThan(2);
    expect((await throughTheEdge(report, all)).equals(expected)).toBe(true);
    expect((await fromTheCommandLine(report, all)).equals(expected)).toBe(true);
  });
});
