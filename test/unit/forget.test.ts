// A customer forgotten: no text and no link is left, nothing comes back, nobody else loses anything.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { forgetCustomer } from '../../analytics/lake/forget/forgetCustomer.ts';
import {
  jsonLines,
  justPublish,
  openTestLake,
  query,
  type TestLake,
} from './support/ingestInto.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const session = (sessionId: string, day: number, customerId: string) => ({
  sessionId,
  customerId,
  conversationId: `conversation-${customerId}`,
  createdAt: `2026-07-0${day}T12:00:00Z`,
  channel: 'CHAT',
  sessionSummary: `summary of ${customerId}`,
  handoffReason: `reason of ${customerId}`,
  transferRationale: `rationale of ${customerId}`,
});
const message = (sessionId: string, messageId: string, who: string) => ({
  sessionId,
  messageId,
  sentAt: '2026-07-01T12:00:00Z',
  author: 'CUSTOMER',
  text: `text of ${who}`,
});

const SESSIONS = jsonLines(
  session('a1', 1, 'anna'),
  session('a2', 3, 'anna-before'),
  session('b1', 1, 'bert'),
);
const MESSAGES = jsonLines(
  message('a1', '1', 'anna'),
  message('a2', '1', 'anna'),
  message('b1', '1', 'bert'),
  message('waits', '1', 'bert'),
);
const MERGES = jsonLines(
  { fromCustomerId: 'anna-before', toCustomerId: 'anna' },
  { fromCustomerId: 'x', toCustomerId: 'y' },
);

async function ingestAll(): Promise<void> {
  await lake.ingest('sessions', [SESSIONS]);
  await lake.ingest('messages', [MESSAGES]);
  await lake.ingest('merges', [MERGES]);
}

const LATER = new Date('2026-08-02T00:00:00Z');

/** Every value of every Parquet file of the lake, and its other files, as one text. */
async function wholeLake(): Promise<string> {
  const files = await readdir(lake.layout.root, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      if (!name.endsWith('.parquet')) return readFile(path, 'utf8');
      return JSON.stringify(await query(`from read_parquet('${path}')`));
    });
  return (await Promise.all(texts)).join('\n');
}

async function findings() {
  const { outcomes } = await checkLake(lake.layout, new Date());
  return outcomes.filter(({ count }) => count > 0);
}

test.each(['anna', 'anna-before'])('forgets %s by any of the ids', async (customerId) => {
  await ingestAll();

  const forgotten = await forgetCustomer(lake.layout, customerId, LATER, justPublish);

  expect(forgotten).toEqual({
    customerIds: ['anna', 'anna-before'],
    sessionIds: ['a1', 'a2'],
    sessionDays: ['2026-07-01', '2026-07-03'],
    transcriptDays: ['2026-07-01', '2026-07-03'],
  });
  expect(await wholeLake()).not.toContain('anna');
  expect(await findings()).toEqual([]);
  const [a1, b1, a2] = await lake.sessions();
  expect(a1).toMatchObject({
    session_id: 'a1',
    customer_id: null,
    conversation_id: null,
    channel: 'CHAT',
  });
  expect(a2).toMatchObject({ session_id: 'a2', handoff_reason: null, transfer_rationale: null });
  expect(b1).toMatchObject({ customer_id: 'bert', handoff_reason: 'reason of bert' });
  expect((await lake.messages()).map((row) => row['text'])).toEqual(['text of bert']);
  expect((await lake.waiting()).map((row) => row['text'])).toEqual(['text of bert']);
  expect(await lake.state()).toMatchObject({ sessions: 3, transcripts: 1 });
});

test('a Run afterwards shows the sessions without the texts', async () => {
  await ingestAll();
  await forgetCustomer(lake.layout, 'anna', LATER, justPublish);

  const run = readRun('ai-sessions-detail-with-messages', { from: '2026-07-01', to: '2026-07-31' });
  const csv = (await runBytes(lake.layout, run)).toString();

  expect(
    csv
      .split('\n')
      .slice(1)
      .map((line) => line.split(',', 2)),
  ).toEqual([['a1', ''], ['b1', 'bert'], ['a2', ''], ['']]);
  expect(csv).not.toContain('anna');
});

test('the same records again bring nothing back', async () => {
  await ingestAll();
  await forgetCustomer(lake.layout, 'anna', LATER, justPublish);
  const before = await lake.hashes();

  const sessions = await lake.ingest('sessions', [SESSIONS]);
  const messages = await lake.ingest('messages', [MESSAGES]);

  expect(sessions.lake?.sessions).toEqual({ written: 0, unchanged: 3, superseded: 0 });
  expect(messages.lake?.messages).toEqual({ written: 0, unchanged: 2, superseded: 2 });
  expect(await lake.hashes()).toEqual(before);
});

test('sessions of before that come only later are forgotten too, with their messages', async () => {
  await lake.ingest('messages', [MESSAGES]);
  await forgetCustomer(lake.layout, 'anna', LATER, justPublish);

  await lake.ingest('sessions', [jsonLines(session('a1', 1, 'anna'), session('b1', 1, 'bert'))]);
  await lake.ingest('messages', [MESSAGES.replaceAll('"1"', '"2"')]);

  expect((await lake.sessions())[0]).toMatchObject({ customer_id: null, session_summary: null });
  const inLake = (await lake.messages()).map((row) => [row['session_id'], row['message_id']]);
  expect(inLake).toEqual([
    ['b1', '1'],
    ['b1', '2'],
  ]);
  expect(await findings()).toEqual([]);
});

test('a session that begins after it is a new one, and is kept', async () => {
  await ingestAll();
  await forgetCustomer(lake.layout, 'anna', new Date('2026-07-04T00:00:00Z'), justPublish);

  await lake.ingest('sessions', [jsonLines(session('a3', 5, 'anna'))]);

  expect((await lake.sessions()).at(-1)).toMatchObject({ session_id: 'a3', customer_id: 'anna' });
  expect(await findings()).toEqual([]);
});

test('check finds what was forgotten and is there', async () => {
  await ingestAll();
  await forgetCustomer(lake.layout, 'bert', LATER, justPublish);
  const file = lake.layout.sessionsFile('2026-07-01');
  await query(`
    copy (
      select * replace (if(session_id = 'b1', 'secret', handoff_reason) as handoff_reason)
      from read_parquet('${file}', hive_partitioning = false)
    ) to '${file}' (format parquet, compression zstd)`);

  expect(await findings()).toMatchObject([
    {
      check: 'forgotten',
      first: [
        { sessionId: 'b1', detail: 'was forgotten, but has a text or is linked to somebody' },
      ],
    },
  ]);
});
