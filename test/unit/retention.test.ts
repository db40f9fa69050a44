// Texts kept for so many days (`retentionDays` in org.json): then they are gone from the lake, from what
// waits and from the spool, and nothing that comes late brings them back.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { checkLake } from '../../analytics/lake/check.ts';
import { forgetExpired } from '../../analytics/lake/forget/forgetExpired.ts';
import type { AroundRemoval } from '../../analytics/lake/removal.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import {
  jsonLines,
  justPublish,
  openTestLake,
  query,
  type TestLake,
} from './support/ingestInto.ts';
import { readRun, runBytes } from './support/reportBytes.ts';
import { openRunner } from './support/runner.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const session = (sessionId: string, day: number, fields: object = {}) => ({
  sessionId,
  customerId: `customer-${sessionId}`,
  createdAt: `2026-07-0${day}T23:59:59Z`,
  sessionSummary: `words of ${sessionId}`,
  handoffReason: `words of ${sessionId}`,
  transferRationale: `words of ${sessionId}`,
  ...fields,
});
const message = (sessionId: string, day: number, messageId = '1') => ({
  sessionId,
  messageId,
  sentAt: `2026-07-0${day}T23:59:59Z`,
  author: 'CUSTOMER',
  text: `words of ${sessionId}`,
});

const SESSIONS = jsonLines(session('old', 1), session('older', 1), session('new', 2));
const MESSAGES = jsonLines(
  message('old', 1),
  message('new', 2),
  message('old-waits', 1),
  message('new-waits', 2),
);
/** The whole days kept on 4 July: 2 and 3. */
const FOURTH = new Date('2026-07-04T00:00:00Z');

async function keepFor(retentionDays: number): Promise<void> {
  await mkdir(lake.layout.root, { recursive: true });
  await writeFile(lake.layout.settingsFile, JSON.stringify({ name: 'Acme', retentionDays }));
}

async function ingestBoth(now: Date) {
  const sessions = await lake.ingest('sessions', [SESSIONS], { now });
  const messages = await lake.ingest('messages', [MESSAGES], { now });
  return {
    sessions: sessions.lake?.sessions,
    messages: messages.lake?.messages,
  };
}

async function findingsAt(now: Date) {
  const { outcomes } = await checkLake(lake.layout, now);
  return outcomes.flatMap(({ first }) => first.map(({ file, detail }) => `${file} ${detail}`));
}

/** Every value of every file of the lake, as one text. */
async function wholeLake(): Promise<string> {
  const files = await readdir(lake.layout.root, {
    recursive: true,
    withFileTypes: true,
  });
  const texts = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      if (!name.endsWith('.parquet')) return readFile(path, 'utf8');
      return JSON.stringify(await query(`from read_parquet('${path}')`));
    });
  return (await Promise.all(texts)).join('\n');
}

test('texts go when their day has been over for so long, and nothing else does', async () => {
  await ingestBoth(FOURTH);
  await keepFor(2);
  expect(await findingsAt(FOURTH)).toEqual([
    'pending/messages.parquet has messages that wait of 1 sessions of before 2026-07-02, which are kept for too long',
    'sessions/day=2026-07-01/sessions.parquet has texts of 2 sessions of before 2026-07-02, which are kept for too long',
    'transcripts/day=2026-07-01/transcripts.parquet has messages of 1 sessions of before 2026-07-02, which are kept for too long',
  ]);

  const removal = await forgetExpired(lake.layout, FOURTH, justPublish);

  expect(removal).toEqual({
    parameters: { before: '2026-07-02' },
    sessions: 2,
  });
  expect(await findingsAt(FOURTH)).toEqual([]);
  expect(await wholeLake()).not.toContain('words of old');
  const [old, older, fresh] = await lake.sessions();
  expect(old).toMatchObject({ session_id: 'old', customer_id: 'customer-old' });
  expect(older).toMatchObject({ session_summary: null, handoff_reason: null });
  expect(fresh).toMatchObject({
    session_id: 'new',
    transfer_rationale: 'words of new',
  });
  expect((await lake.messages()).map((row) => row['text'])).toEqual(['words of new']);
  expect((await lake.waiting()).map((row) => row['text'])).toEqual(['words of new-waits']);
  expect(await lake.state()).toMatchObject({ sessions: 3, transcripts: 1 });
});

test('a day before its time is up nothing goes', async () => {
  await ingestBoth(FOURTH);
  await keepFor(2);
  const before = await lake.hashes();
  const third = new Date('2026-07-03T23:59:59.999Z');

  expect(await forgetExpired(lake.layout, third, justPublish)).toBeUndefined();

  expect(await lake.hashes()).toEqual(before);
  expect(await findingsAt(third)).toEqual([]);
});

test('an ingest of something else keeps the promise, once', async () => {
  await ingestBoth(FOURTH);
  await keepFor(2);
  const around = vi.fn(justPublish);
  const merges = jsonLines({ fromCustomerId: 'x', toCustomerId: 'y' });
  const options = { now: FOURTH, aroundRemoval: around };

  await lake.ingest('merges', [merges], options);
  expect(await findingsAt(FOURTH)).toEqual([]);
  const after = await lake.hashes();
  await lake.ingest('merges', [merges], options);

  expect(around).toHaveBeenCalledOnce();
  expect(await lake.hashes()).toEqual(after);
});

test('the same records again bring nothing back', async () => {
  await keepFor(2);
  await ingestBoth(FOURTH);
  const before = await lake.hashes();

  const again = await ingestBoth(FOURTH);

  expect(again.sessions).toEqual({ written: 0, unchanged: 3, superseded: 0 });
  expect(again.messages).toEqual({ written: 0, unchanged: 2, superseded: 2 });
  expect(await lake.hashes()).toEqual(before);
  expect(await wholeLake()).not.toContain('words of old');
});

test('messages of today for an expired session are not kept, nor is a newer record’s text', async () => {
  await keepFor(2);
  await ingestBoth(FOURTH);
  const restated = session('old', 1, {
    updatedAt: '2026-07-04T00:00:00Z',
    wasHandedOff: true,
  });

  await lake.ingest('messages', [jsonLines(message('old', 4, 'late'))], {
    now: FOURTH,
  });
  await lake.ingest('sessions', [jsonLines(restated)], { now: FOURTH });

  expect((await lake.sessions())[0]).toMatchObject({
    was_handed_off: true,
    handoff_reason: null,
  });
  expect(await wholeLake()).not.toContain('words of old');
  expect(await findingsAt(FOURTH)).toEqual([]);
});

test('a session that moves to an expired day loses its texts, and one that leaves it keeps its own', async () => {
  await keepFor(2);
  await ingestBoth(FOURTH);
  const updatedAt = '2026-07-04T00:00:00Z';
  const moved = jsonLines({ ...session('new', 1), updatedAt }, { ...session('old', 3), updatedAt });

  await lake.ingest('sessions', [moved], { now: FOURTH });

  expect(await wholeLake()).not.toContain('words of new"');
  const rows = await lake.sessions();
  expect(rows.map((row) => [row['session_id'], row['session_summary']])).toEqual([
    ['new', null],
    ['older', null],
    ['old', 'words of old'],
  ]);
  expect(await lake.messages()).toEqual([]);
  expect(await findingsAt(FOURTH)).toEqual([]);
});

const refuse: AroundRemoval = () => Promise.reject(new Error('no audit'));

test('texts whose removal cannot be accounted for stay', async () => {
  await ingestBoth(FOURTH);
  await keepFor(2);
  const before = await lake.hashes();

  await expect(forgetExpired(lake.layout, FOURTH, refuse)).rejects.toThrow('no audit');

  expect(await lake.hashes()).toEqual(before);
});

test('without the setting everything is kept, and --expired says so', async () => {
  await ingestBoth(FOURTH);
  await expect(forgetExpired(lake.layout, FOURTH, justPublish)).rejects.toThrow(
    'org.json does not say how long texts are kept; set "retentionDays"',
  );
});

test.each([0, 1.5, -1, '30'])('retentionDays %j is refused', async (retentionDays) => {
  await mkdir(lake.layout.root, { recursive: true });
  await writeFile(lake.layout.settingsFile, JSON.stringify({ retentionDays }));
  await expect(ingestBoth(FOURTH)).rejects.toThrow('retentionDays must be');
});

const reportOf = (from: string, to: string) =>
  readRun('ai-sessions-detail-with-messages', { from, to });

test('a service forgets Runs that show the days, and keeps the others', async () => {
  await ingestBoth(FOURTH);
  const runner = await openRunner(lake.layout);
  const whole = reportOf('2026-07-01', '2026-07-02');
  const later = reportOf('2026-07-03', '2026-07-04');
  expect((await runner.bytes(whole)).toString()).toContain('words of old');
  await runner.bytes(later);
  const [gone, kept] = [await runner.find(whole), await runner.find(later)];
  await runner.underWay.ended();
  const parts = await runner.parts();
  await keepFor(2);
  await forgetExpired(lake.layout, FOURTH, justPublish);

  await runner.workshop.sweep();

  expect(() => runner.runs.get(gone.id)).toThrow('Cannot find the Run');
  expect(runner.runs.get(kept.id)).toBe(kept);
  const left = await runner.parts();
  expect(parts).toEqual(expect.arrayContaining(left));
  expect(left.length).toBeLessThan(parts.length);
  expect((await runner.bytes(whole)).toString()).not.toContain('words of old');
  await runner.close();
});

test('the command removes what a spool holds, and leaves an event and the report', async () => {
  await ingestBoth(FOURTH);
  await keepFor(2);
  const dataDir = dirname(lake.layout.root);
  const spoolFolder = join(dataDir, '.spool', 'service');
  const runner = await openRunner(lake.layout, { spoolFolder });
  await runner.bytes(reportOf('2026-07-01', '2026-07-02'));
  await runner.close();
  const args = ['forget', '--expired', '--data', dataDir];

  const { status, stderr } = await untilEnd(startProgram('cli.ts', args, { temp: dataDir }));

  expect(stderr).toMatch(/^Kept for long enough: the texts of 3 sessions of before /);
  expect(status).toBe(0);
  expect(await runner.parts()).toEqual([]);
  const { organisation } = lake.layout;
  const { events } = trailFiles(join(dataDir, '.audit'), organisation);
  const lines = (await readFile(events, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      event: 'forget',
      organisation,
      parameters: { before: expect.any(String) },
    },
    { end: 'complete', rows: 3 },
  ]);
  const csv = (await runBytes(lake.layout, reportOf('2026-07-01', '2026-07-02'))).toString();
  expect(csv.split('\n').map((line) => line.split(',', 1)[0])).toEqual([
    'Session ID',
    'old',
    'older',
    'new',
    '',
  ]);
  expect(csv).not.toContain('words');
});
