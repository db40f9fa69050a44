// Message records in, transcripts out (SPEC 2, 7).

import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const SESSION = { sessionId: 's', createdAt: '2026-07-01T23:00:00Z' };
const message = (messageId: string | undefined, sentAt: string, text: string) => ({
  sessionId: 's',
  messageId,
  sentAt: `2026-07-0${sentAt}:00Z`,
  author: 'CUSTOMER',
  text,
});

const stored = async () =>
  (await lake.messages()).map((row) => [row['day'], row['message_id'], row['text']]);

describe('ingest messages', () => {
  test("stores them with their session's beginning, sorted by sentAt and messageId", async () => {
    await lake.ingest('sessions', [jsonLines(SESSION)]);

    const result = await lake.ingest('messages', [
      jsonLines(
        message('b', '2T00:10', 'after midnight'),
        { ...message('z', '1T23:05', 'z'), author: 'GLADLY_AI' },
        message('a', '1T23:05', 'a'),
        { ...message('c', '1T23:01', ''), author: 'SYSTEM', text: undefined },
      ),
    ]);

    expect(result).toMatchObject({
      read: 4,
      lake: { messages: { written: 4, unchanged: 0, superseded: 0 }, waiting: 0, files: 1 },
    });
    expect(await lake.messages()).toEqual(
      [
        { message_id: 'c', sent_at: '2026-07-01 23:01:00+00', author: 'SYSTEM', text: '' },
        { message_id: 'a', sent_at: '2026-07-01 23:05:00+00', author: 'CUSTOMER', text: 'a' },
        { message_id: 'z', sent_at: '2026-07-01 23:05:00+00', author: 'GLADLY_AI', text: 'z' },
        {
          message_id: 'b',
          sent_at: '2026-07-02 00:10:00+00',
          author: 'CUSTOMER',
          text: 'after midnight',
        },
      ].map((row) => ({
        day: '2026-07-01',
        session_id: 's',
        created_at: '2026-07-01 23:00:00+00',
        ...row,
      })),
    );
    expect(JSON.parse(await readFile(lake.layout.stateFile, 'utf8'))).toMatchObject({
      sessions: 1,
      transcripts: 1,
    });
  });

  test('by (sessionId, messageId) the later input wins, in one file and in two runs', async () => {
    await lake.ingest('sessions', [jsonLines(SESSION)]);
    const first = await lake.ingest('messages', [
      jsonLines(message('a', '1T23:05', 'old'), message('a', '1T23:01', 'new')),
      jsonLines(message('b', '1T23:09', 'b')),
    ]);
    const second = await lake.ingest('messages', [jsonLines(message('b', '1T23:10', 'newer'))]);

    expect(first.lake?.messages).toEqual({ written: 2, unchanged: 0, superseded: 1 });
    expect(second.lake?.messages).toEqual({ written: 1, unchanged: 0, superseded: 0 });
    expect(await stored()).toEqual([
      ['2026-07-01', 'a', 'new'],
      ['2026-07-01', 'b', 'newer'],
    ]);
  });

  test('the same file changes no byte of the lake, with and without messageIds', async () => {
    const input = jsonLines(message('a', '1T23:05', 'a'), message(undefined, '1T23:06', 'no id'), {
      ...message('w', '1T23:05', 'waits'),
      sessionId: 'later',
    });
    await lake.ingest('sessions', [jsonLines(SESSION)]);
    await lake.ingest('messages', [input]);
    const before = await lake.hashes();

    const result = await lake.ingest('messages', [input], { now: new Date() });

    expect(result.lake?.messages).toEqual({ written: 0, unchanged: 3, superseded: 0 });
    expect(await lake.hashes()).toEqual(before);
  });

  test('a message without an id is the same only when it says the same', async () => {
    await lake.ingest('sessions', [jsonLines(SESSION)]);

    await lake.ingest('messages', [
      jsonLines(
        message(undefined, '1T23:05', 'hello'),
        message(undefined, '1T23:05', 'hello'),
        message(undefined, '1T23:06', 'hello'),
        { ...message(undefined, '1T23:06', 'hello'), author: 'AGENT' },
      ),
    ]);

    const rows = await lake.messages();
    expect(rows.map((row) => row['sent_at'])).toEqual([
      '2026-07-01 23:05:00+00',
      '2026-07-01 23:06:00+00',
      '2026-07-01 23:06:00+00',
    ]);
    for (const row of rows) expect(row['message_id']).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('ingest messages before their session', () => {
  test('keeps them beside the lake and joins them when the session arrives', async () => {
    const first = await lake.ingest('messages', [
      jsonLines(message('a', '1T23:05', 'a'), { ...message('o', '1T23:05', 'o'), sessionId: 'o' }),
    ]);
    await lake.ingest('messages', [jsonLines(message('b', '1T23:06', 'b'))]);
    const waitingBefore = (await lake.waiting()).map((row) => row['message_id']);

    const result = await lake.ingest('sessions', [jsonLines(SESSION)]);

    expect(first.lake).toMatchObject({ messages: { written: 2 }, waiting: 2, files: 0 });
    expect(waitingBefore).toEqual(['o', 'a', 'b']);
    expect(result.lake).toMatchObject({ waiting: 1, sessions: { written: 1 } });
    expect(await stored()).toEqual([
      ['2026-07-01', 'a', 'a'],
      ['2026-07-01', 'b', 'b'],
    ]);
    expect((await lake.waiting()).map((row) => row['message_id'])).toEqual(['o']);
  });

  test('the file of waiting messages goes with the last of them', async () => {
    await lake.ingest('messages', [jsonLines(message('a', '1T23:05', 'a'))]);

    await lake.ingest('sessions', [jsonLines(SESSION)]);

    expect(Object.keys(await lake.hashes()).toSorted()).toEqual([
      'lake.json',
      'org.json',
      'sessions/day=2026-07-01/sessions.parquet',
      'transcripts/day=2026-07-01/transcripts.parquet',
    ]);
  });

  test('what waits is upserted too, and loses to what is read later', async () => {
    await lake.ingest('messages', [jsonLines(message('a', '1T23:05', 'old'))]);
    await lake.ingest('messages', [jsonLines(message('a', '1T23:05', 'new'))]);

    await lake.ingest('sessions', [jsonLines(SESSION)]);

    expect(await stored()).toEqual([['2026-07-01', 'a', 'new']]);
  });
});

describe('ingest sessions that have messages', () => {
  beforeEach(async () => {
    await lake.ingest('sessions', [jsonLines(SESSION, { ...SESSION, sessionId: 'o' })]);
    await lake.ingest('messages', [
      jsonLines(message('a', '1T23:05', 'a'), { ...message('o', '1T23:05', 'o'), sessionId: 'o' }),
    ]);
  });

  test('a changed createdAt takes the transcript along, to another day', async () => {
    await lake.ingest('sessions', [jsonLines({ ...SESSION, createdAt: '2026-07-03T00:00:00Z' })]);

    expect(await lake.messages()).toMatchObject([
      { day: '2026-07-01', session_id: 'o', created_at: '2026-07-01 23:00:00+00' },
      { day: '2026-07-03', session_id: 's', created_at: '2026-07-03 00:00:00+00', text: 'a' },
    ]);
  });

  test('a changed createdAt within the day changes the transcript too', async () => {
    await lake.ingest('sessions', [jsonLines({ ...SESSION, createdAt: '2026-07-01T01:00:00Z' })]);

    expect(await lake.messages()).toMatchObject([
      { session_id: 's', created_at: '2026-07-01 01:00:00+00' },
      { session_id: 'o', created_at: '2026-07-01 23:00:00+00' },
    ]);
  });

  test('a session that changes otherwise leaves the transcripts alone', async () => {
    const file = 'transcripts/day=2026-07-01/transcripts.parquet';
    const before = (await lake.hashes())[file];

    const result = await lake.ingest('sessions', [jsonLines({ ...SESSION, channel: 'SMS' })]);

    expect(result.lake?.files).toBe(1);
    expect((await lake.hashes())[file]).toBe(before);
  });
});
