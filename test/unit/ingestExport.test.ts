// Items of Gladly's export jobs in, transcripts out (SPEC 7).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
  await lake.ingest('sessions', [jsonLines({ sessionId: 's', createdAt: '2026-07-01T00:00:00Z' })]);
});

afterEach(() => lake.remove());

let items = 0;

function item(fields: object, content: object = {}) {
  return {
    id: `i${items++}`,
    customerId: 'c',
    conversationId: 'k',
    sessionId: 's',
    timestamp: `2026-07-01T00:00:${String(items % 60).padStart(2, '0')}.000Z`,
    initiator: { type: 'CUSTOMER', id: 'c' },
    responder: { type: 'SYSTEM', id: 'SIDEKICK_V2' },
    content: {
      type: 'CHAT_MESSAGE',
      sessionId: 'chat',
      messageType: 'TEXT',
      content: 'Hi',
      ...content,
    },
    ...fields,
  };
}

describe('ingest gladly-export', () => {
  test.each([
    [{ type: 'CUSTOMER', id: 'c' }, 'CUSTOMER'],
    [{ type: 'SYSTEM', id: 'SIDEKICK_V2' }, 'GLADLY_AI'],
    [{ type: 'SYSTEM', id: 'other' }, 'SYSTEM'],
    [{ type: 'SYSTEM' }, 'SYSTEM'],
    [{ type: 'AGENT', id: 'SIDEKICK_V2' }, 'AGENT'],
    [{ type: 'API' }, 'SYSTEM'],
    [{ type: 'AUTOMATION' }, 'SYSTEM'],
  ])('%j is %s', async (initiator, author) => {
    await lake.ingest('gladly-export', [jsonLines(item({ initiator }))]);

    expect((await lake.messages()).map((row) => row['author'])).toEqual([author]);
  });

  test.each([
    [{ type: 'CHAT_MESSAGE', content: 'text' }],
    [{ type: 'CHAT_MESSAGE', messageType: 'QUICK_REPLY_RESPONSE', content: 'text' }],
    [{ type: 'EMAIL', subject: 'no', content: 'text' }],
    [{ type: 'SMS', body: 'text' }],
    [{ type: 'WHATSAPP', content: 'text' }],
    [{ type: 'INSTAGRAM_DIRECT', body: 'text', content: { media: [] } }],
    [{ type: 'FACEBOOK_MESSAGE', content: 'text' }],
    [{ type: 'VOICE_AI_MESSAGE', body: 'text', status: 'INTERRUPTED' }],
  ])('%j is a message', async (content) => {
    const result = await lake.ingest('gladly-export', [jsonLines(item({ content }))]);

    expect(result).toMatchObject({ read: 1, otherItems: 0, lake: { messages: { written: 1 } } });
    expect((await lake.messages()).map((row) => row['text'])).toEqual(['text']);
  });

  test('what is no message, or of no AI session, is counted apart', async () => {
    const others = [
      ...[
        'CONVERSATION_NOTE',
        'TOPIC_CHANGE',
        'CONVERSATION_STATUS_CHANGE',
        'CUSTOMER_ACTIVITY',
        'PHONE_CALL',
        'VOICEMAIL',
      ].map((type) => item({ content: { type, body: 'secret' } })),
      item({ sessionId: undefined }),
      item({ sessionId: null }),
    ];

    const result = await lake.ingest('gladly-export', [`${jsonLines(...others)}\n`]);

    expect(result).toMatchObject({ read: 0, otherItems: 8, rejected: { count: 0 } });
    expect(await lake.messages()).toEqual([]);
  });

  test('takes the session of the item, not that of the chat', async () => {
    await lake.ingest('gladly-export', [jsonLines(item({}), item({ sessionId: 'later' }))]);

    expect((await lake.messages()).map((row) => row['session_id'])).toEqual(['s']);
    expect((await lake.waiting()).map((row) => row['session_id'])).toEqual(['later']);
  });

  test('rejects a message that does not tell what it must, with its reason', async () => {
    const rejectsFile = join(lake.folder, 'rejects.csv');
    const bad: [item: object, field: string][] = [
      [item({ id: undefined }), 'id'],
      [item({ id: 'a b' }), 'id'],
      [item({ sessionId: 7 }), 'sessionId'],
      [item({ timestamp: undefined }), 'timestamp'],
      [item({ timestamp: '2026-07-01T00:00:00' }), 'timestamp'],
      [item({ initiator: {} }), 'initiator.type'],
      [{ ...item({}), content: {} }, 'content.type'],
      [item({}, { type: 7 }), 'content.type'],
    ];

    const result = await lake.ingest('gladly-export', [jsonLines(...bad.map(([each]) => each))], {
      rejectsFile,
    });

    expect(result).toMatchObject({ read: bad.length, rejected: { count: bad.length } });
    const rejects: Record<string, string>[] = parse(await readFile(rejectsFile), { columns: true });
    expect(rejects.map(({ field }) => field)).toEqual(bad.map(([, field]) => field));
  });

  test('the same export again, or overlapping, changes nothing', async () => {
    const lines = jsonLines(item({}), item({ sessionId: 'later' }));
    await lake.ingest('gladly-export', [lines]);
    const before = await lake.hashes();

    const result = await lake.ingest('gladly-export', [lines, lines]);

    expect(result.lake?.messages).toEqual({ written: 0, unchanged: 2, superseded: 2 });
    expect(await lake.hashes()).toEqual(before);
  });
});
