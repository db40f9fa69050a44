// A lake whose writer was killed while it published, opened by those who only read: they see what it
// was about to publish, whole, without waiting for the next ingest.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdLock } from '../../analytics/engine/lock.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';
import { killIngest } from './support/killedIngest.ts';
import { readRun } from './support/reportBytes.ts';
import { openRunner } from './support/runner.ts';

let lake: TestLake;
let input: string;

const REPORT = readRun('ai-sessions-detail', { from: '2026-07-01', to: '2026-07-31' });
const session = (sessionId: string, day: number) => ({
  sessionId,
  createdAt: `2026-07-0${day}T12:00:00Z`,
});
/** The rename of the first of two days, after that of the journal and the sync of its folder. */
const BETWEEN_TWO_DAYS = 5;
const WHOLE = ['stays', 'moves', 'comes'];
const journal = () => join(lake.layout.workDir, 'publication.json');

beforeEach(async () => {
  lake = await openTestLake();
  await lake.ingest('sessions', [jsonLines(session('moves', 1), session('stays', 1))]);
  input = join(lake.folder, 'in.jsonl');
  await writeFile(input, jsonLines(session('moves', 2), session('comes', 3)));
});

afterEach(() => lake.remove());

const idsIn = (csv: string) =>
  csv
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(',', 1)[0]);

test('a service that opens it shows all that was to come', async () => {
  expect(await killIngest(lake.layout, input, BETWEEN_TWO_DAYS)).toBe(true);
  expect(await readFile(journal(), 'utf8')).toContain('day=2026-07-03');

  const runner = await openRunner(lake.layout);

  expect(idsIn((await runner.bytes(REPORT)).toString())).toEqual(WHOLE);
  await runner.close();
  await expect(readFile(journal())).rejects.toThrow('ENOENT');
});

test('so does a query', async () => {
  expect(await killIngest(lake.layout, input, BETWEEN_TWO_DAYS)).toBe(true);
  const question = join(lake.folder, 'question.sql');
  await writeFile(question, 'select session_id from sessions order by session_id');
  const args = ['sql', question, '--data', dirname(lake.layout.root), '--format', 'csv'];

  const { stdout } = await untilEnd(startProgram('cli.ts', args, { temp: lake.folder }));

  expect(stdout.toString()).toBe('session_id\ncomes\nmoves\nstays\n');
});

test('a service that has it open leaves it to a writer that lives, and finishes it for a dead one', async () => {
  const runner = await openRunner(lake.layout);
  expect(await killIngest(lake.layout, input, BETWEEN_TWO_DAYS)).toBe(true);
  const before = await readFile(journal(), 'utf8');
  const lock = await holdLock(lake.layout.lockFile, 'stand in for a writer');

  await runner.workshop.runsOf(runner.organisation);
  expect(await readFile(journal(), 'utf8')).toBe(before);

  lock.release();
  await runner.workshop.runsOf(runner.organisation);
  expect(idsIn((await runner.bytes(REPORT)).toString())).toEqual(WHOLE);
  await runner.close();
});
