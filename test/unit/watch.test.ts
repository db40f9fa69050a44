// `run --watch` as whoever leaves it running meets it: the file follows the lake, whole at every moment.

import { type ChildProcess, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

const REPORT = 'ai-sessions-detail';
const PARAMETERS = { from: '2026-07-29', to: '2026-07-31' };
const SAMPLE = { sessions: 300, days: 4, seed: 1, transcripts: true, until: '2026-07-31' };

let folder: string;
let data: string;
let output: string;
let program: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  data = join(folder, 'data');
  output = join(folder, 'written', 'report.csv');
  await cp('LICENSE', output); // of something else
});

afterEach(async () => {
  program?.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const layout = () => lakeLayout(data, 'acme');
const sample = () => makeSample({ ...SAMPLE, layout: layout() });
const expected = () => runBytes(layout(), readRun(REPORT, PARAMETERS));

/** Starts to watch; `next` waits for what it says next. */
function watch() {
  const range = Object.entries(PARAMETERS).flatMap(([name, value]) => [`--${name}`, value]);
  const options = ['--data', data, '--org', 'acme', '--output', output, '--watch', ...range];
  const started = startProgram('cli.ts', ['run', REPORT, ...options], { temp: folder });
  program = started;
  const lines = createInterface(started.stderr)[Symbol.asyncIterator]();
  const ended = untilEnd(started);
  return {
    next: async (): Promise<string> => (await lines.next()).value ?? 'it has ended',
    stop: async (signal: NodeJS.Signals) => {
      started.kill(signal);
      return (await ended).status;
    },
  };
}

test('run --watch writes the file at once, and anew after an ingest by another process', async () => {
  await sample();
  const { next, stop } = watch();
  expect(await next()).toBe(`Watching the lake of "acme" in ${data}; Ctrl-C ends it`);
  expect(await next()).toMatch(/^Wrote .+report\.csv: \d+ rows, \d+ bytes, SHA-256 [0-9a-f]{64}$/);
  const before = await readFile(output);
  expect(before.equals(await expected())).toBe(true);

  const records = join(folder, 'sessions.jsonl');
  await writeFile(records, '{"sessionId":"new_one","createdAt":"2026-07-30T12:00:00Z"}\n');
  const args = ['analytics/cli.ts', 'ingest', 'sessions', records, '--data', data, '--org', 'acme'];
  expect(spawnSync(process.execPath, args).status).toBe(0);

  expect(await next()).toMatch(/^Wrote /);
  const after = await readFile(output);
  expect(after.equals(await expected())).toBe(true);
  expect(after.toString()).toContain('new_one');
  expect(before.toString()).not.toContain('new_one');

  expect(await stop('SIGINT')).toBe(0);
  expect(await readdir(join(folder, 'written'))).toEqual(['report.csv']);
});

test('run --watch waits for a lake that is yet to come, and follows one that is replaced', async () => {
  const { next, stop } = watch();
  await next();
  expect(await next()).toMatch(/^Error: Cannot find a lake in .+: there is no such folder$/);
  expect(await next()).toMatch(/^Name another folder with --data/);

  await sample();
  expect(await next()).toMatch(/^Wrote /);

  const other = lakeLayout(join(folder, 'other'), 'acme');
  await makeSample({ ...SAMPLE, seed: 2, layout: other });
  await rename(layout().root, join(folder, 'of-last-month'));
  await rename(other.root, layout().root);
  let said: string;
  do
    said = await next(); // in between it may have found none
  while (/^(?:Error:|Name another|Did you)/.test(said));
  expect(said).toMatch(/^Wrote /);
  expect((await readFile(output)).equals(await expected())).toBe(true);
  expect(await stop('SIGTERM')).toBe(0);
});

test('run --watch says what is wrong, leaves the file as it was, and goes on', async () => {
  await sample();
  const { next, stop } = watch();
  await next();
  await next();
  const good = await readFile(output);

  await writeFile(layout().settingsFile, '{"timezone": "Nowhere"}');
  expect(await next()).toMatch(/^Error: Cannot read .+org\.json: timezone must be/);
  expect((await readFile(output)).equals(good)).toBe(true);

  await writeFile(layout().settingsFile, '{"timezone": "Asia/Tokyo"}');
  expect(await next()).toMatch(/^Wrote /);
  const again = await readFile(output);
  expect(again.equals(await expected())).toBe(true);
  expect(again.equals(good)).toBe(false);
  expect(await stop('SIGINT')).toBe(0);
});

test('run --watch needs a file to write', async () => {
  const args = ['run', REPORT, '--data', data, '--watch'];
  const { status, stderr } = await untilEnd(startProgram('cli.ts', args, { temp: folder }));
  expect(status).toBe(2);
  expect(stderr).toContain('--watch writes a file again and again: name it with --output');
});
