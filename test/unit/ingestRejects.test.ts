// Records that cannot be taken: each is counted, placed and explained, and stops no other (SPEC 7).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestLake, type TestLake } from './support/ingestInto.ts';

type Reject = Record<'source' | 'line' | 'field' | 'reason' | 'record', string>;

const OBJECT = 'must be a JSON object on one line';
const ID = 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -';
const INSTANT = 'must be an RFC 3339 instant with an offset, like 2026-07-01T09:15:22Z';
const YEARS = 'must be between the years 1970 and 2999';
const FLAG = 'must be true or false';
const NAMES = 'must be a list of names';

const good = (id: string) => `{"sessionId":"${id}","createdAt":"2026-07-01T00:00:00Z"}`;
const withField = (field: string) =>
  `{"sessionId":"x","createdAt":"2026-07-01T00:00:00Z",${field}}`;
const createdAt = (value: string) => `{"sessionId":"x","createdAt":${value}}`;
const sessionId = (value: string) => `{"sessionId":${value},"createdAt":"2026-07-01T00:00:00Z"}`;

const SESSIONS: [line: string | Buffer, field: string, reason: string][] = [
  ['nonsense', 'record', OBJECT],
  ['{"sessionId":"x"', 'record', OBJECT],
  [`${good('x')}${good('y')}`, 'record', OBJECT],
  [`[${good('x')}]`, 'record', OBJECT],
  ['"text"', 'record', OBJECT],
  ['null', 'record', OBJECT],
  ['{"sessionId":"x","createdAt":"2026-07-01T00:00:00Z","note":"\t"}', 'record', OBJECT],
  ['{"a":"\u0000"}', 'record', 'must not contain control characters'],
  ['{"a":"\u0001"}', 'record', 'must not contain control characters'],
  ['{"a":\r1}', 'record', 'must not contain control characters'],
  [Buffer.from('{"a":"\xff"}', 'latin1'), 'record', 'must be UTF-8'],
  ['{}', 'sessionId', 'is required'],
  [sessionId('null'), 'sessionId', 'is required'],
  [sessionId('12'), 'sessionId', 'must be text'],
  [sessionId('["x"]'), 'sessionId', 'must be text'],
  [sessionId('""'), 'sessionId', ID],
  [sessionId('"a b"'), 'sessionId', ID],
  [sessionId('"a\\n"'), 'sessionId', ID],
  [sessionId('"é"'), 'sessionId', ID],
  [sessionId(`"${'a'.repeat(65)}"`), 'sessionId', ID],
  [withField('"customerId":7'), 'customerId', 'must be text'],
  [withField('"customerId":"c/1"'), 'customerId', ID],
  [withField('"conversationId":"=1"'), 'conversationId', ID],
  [withField('"channel":"chat"'), 'channel', 'must be 1 to 40 of A-Z, 0-9 and _'],
  [withField(`"channel":"${'A'.repeat(41)}"`), 'channel', 'must be 1 to 40 of A-Z, 0-9 and _'],
  [withField('"channel":false'), 'channel', 'must be text'],
  [withField('"gladlyAgent":{}'), 'gladlyAgent', 'must be text'],
  [withField('"guidesUsed":"Order status"'), 'guidesUsed', NAMES],
  [withField('"guidesUsed":["a",1]'), 'guidesUsed', NAMES],
  [withField('"guidesUsed":["a",null]'), 'guidesUsed', NAMES],
  [withField('"guidesUsed":[["a"]]'), 'guidesUsed', NAMES],
  ['{"sessionId":"x"}', 'createdAt', 'is required'],
  [createdAt('1751356800'), 'createdAt', INSTANT],
  [createdAt('""'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01"'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01T00:00:00"'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01T00:00:00 America/Havana"'), 'createdAt', INSTANT],
  [createdAt('"2026-02-30T00:00:00Z"'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01T24:00:00Z"'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01T00:00:00+24:00"'), 'createdAt', INSTANT],
  [createdAt('"2026-07-01T00:00Z"'), 'createdAt', INSTANT],
  [createdAt('"0001-01-01T00:00:00Z"'), 'createdAt', YEARS],
  [createdAt('"1970-01-01T00:00:00+00:01"'), 'createdAt', YEARS],
  [createdAt('"9999-12-31T23:59:59Z"'), 'createdAt', YEARS],
  [withField('"endedAt":"soon"'), 'endedAt', INSTANT],
  [withField('"updatedAt":"9999-12-31T23:59:59Z"'), 'updatedAt', YEARS],
  [withField('"wasRespondedTo":"true"'), 'wasRespondedTo', FLAG],
  [withField('"wasHandedOff":1'), 'wasHandedOff', FLAG],
  [withField('"wasResolved":{}'), 'wasResolved', FLAG],
  [withField('"handoffCategory":1'), 'handoffCategory', 'must be text'],
  [withField('"handoffSubcategory":[]'), 'handoffSubcategory', 'must be text'],
  [withField('"handoffReason":true'), 'handoffReason', 'must be text'],
  [withField('"sessionSummary":{"handoffReason":"x"}'), 'sessionSummary', 'must be text'],
  [withField('"transferRationale":0'), 'transferRationale', 'must be text'],
];

const message = (field: string) =>
  `{"sessionId":"x","sentAt":"2026-07-01T00:00:00Z","author":"AGENT","text":"t",${field}}`;

const MESSAGES: [line: string, field: string, reason: string][] = [
  ['{', 'record', OBJECT],
  ['{"sentAt":"2026-07-01T00:00:00Z","author":"AGENT"}', 'sessionId', 'is required'],
  ['{"sessionId":"x","author":"AGENT"}', 'sentAt', 'is required'],
  ['{"sessionId":"x","sentAt":"2026-07-01","author":"AGENT"}', 'sentAt', INSTANT],
  ['{"sessionId":"x","sentAt":"2026-07-01T00:00:00Z"}', 'author', 'is required'],
  [message('"messageId":"a b"'), 'messageId', ID],
  [message('"messageId":"~000001"'), 'messageId', ID],
  [
    '{"sessionId":"x","sentAt":"2026-07-01T00:00:00Z","author":"customer"}',
    'author',
    'must be CUSTOMER, GLADLY_AI, AGENT or SYSTEM',
  ],
  [
    '{"sessionId":"x","sentAt":"2026-07-01T00:00:00Z","author":"AGENT","text":1}',
    'text',
    'must be text',
  ],
];

describe.each([
  ['sessions', SESSIONS, [good('first'), good('last')]],
  ['messages', MESSAGES, [message('"messageId":"first"'), message('"messageId":"last"')]],
] as const)('ingest %s', (kind, table, [first, last]) => {
  let lake: TestLake;
  let rejects: Reject[];

  beforeAll(async () => {
    lake = await openTestLake();
    const rejectsFile = join(lake.folder, 'rejects.csv');
    const lines = [first, ...table.map(([line]) => line), last].map((line) => Buffer.from(line));
    const input = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const result = await lake.ingest(kind, [input], { rejectsFile });
    expect(result).toMatchObject({ read: table.length + 2, rejected: { count: table.length } });
    expect(result.lake?.[kind]).toEqual({ written: 2, unchanged: 0, superseded: 0 });
    rejects = parse(await readFile(rejectsFile), { columns: true });
  });

  afterAll(() => lake.remove());

  test.each(
    table.map(([line, field, reason], index) => ({ line: String(line), field, reason, index })),
  )('rejects $line: $field $reason', ({ field, reason, index }) => {
    expect(rejects[index]).toMatchObject({ line: String(index + 2), field, reason });
  });

  test('keeps the rejected record as it was', () => {
    const kept = table.map(([line]) => line.toString('utf8').replaceAll(/[^\P{Cc}\t]/gu, '\ufffd'));
    expect(rejects.map((reject) => reject.record)).toEqual(kept);
  });
});
