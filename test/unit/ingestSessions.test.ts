// Session records in, Parquet out (SPEC 2, 7).

import { access, cp, readFile, truncate } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SESSION_COLUMNS } from '../../analytics/lake/parquet.ts';
import { jsonLines, openTestLake, query, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const FULL = {
  sessionId: 'a1B2c3D4e5F6g7H8i9J0kA',
  customerId: 'cust_01',
  conversationId: '-onv_01',
  channel: 'CHAT',
  gladlyAgent: 'Main Guides',
  guidesUsed: ['Order status', 'Returns, "refunds"', 'Order status'],
  createdAt: '2026-07-01T23:59:59.123456-07:00',
  endedAt: '2026-07-02t07:30:00z',
  wasRespondedTo: true,
  wasHandedOff: false,
  wasResolved: true,
  handoffCategory: 'handoff_manual',
  handoffSubcategory: 'legal threat',
  handoffReason: 'Zürich 🚚\nline 2',
  sessionSummary: '=1+1, "quoted"',
  transferRationale: ' ',
  updatedAt: '2026-07-02T08:00:00Z',
};

/** The session s, begun at noon of a day in July. */
function at(day: number, fields: object = {}) {
  return { sessionId: 's', createdAt: `2026-07-0${day}T12:00:00Z`, ...fields };
}

/** Sessions 0, 1, … of one agent, each with an updatedAt of its own. */
function updated(gladlyAgent: string, updatedAt: readonly (string | undefined)[]): string {
  return jsonLines(
    ...updatedAt.map((each, index) =>
      at(1, { sessionId: String(index), gladlyAgent, updatedAt: each }),
    ),
  );
}

describe('ingest sessions', () => {
  test('stores every field of the JSON form in the day of createdAt in UTC', async () => {
    const result = await lake.ingest('sessions', [jsonLines(FULL)]);

    expect(result).toMatchObject({
      read: 1,
      rejected: { count: 0 },
      lake: { sessions: { written: 1, unchanged: 0, superseded: 0 }, files: 1 },
    });
    expect(await lake.sessions()).toEqual([
      {
        session_id: 'a1B2c3D4e5F6g7H8i9J0kA',
        customer_id: 'cust_01',
        conversation_id: '-onv_01',
        channel: 'CHAT',
        gladly_agent: 'Main Guides',
        guides_used: ['Order status', 'Returns, "refunds"'],
        created_at: '2026-07-02 06:59:59.123456+00',
        ended_at: '2026-07-02 07:30:00+00',
        was_responded_to: true,
        was_handed_off: false,
        was_resolved: true,
        handoff_category: 'handoff_manual',
        handoff_subcategory: 'legal threat',
        handoff_reason: 'Zürich 🚚\nline 2',
        session_summary: '=1+1, "quoted"',
        transfer_rationale: ' ',
        updated_at: '2026-07-02 08:00:00+00',
        day: '2026-07-02',
      },
    ]);
  });

  test('writes exactly the columns of the lake, compressed with zstd', async () => {
    await lake.ingest('sessions', [jsonLines(FULL)]);
    const file = lake.layout.sessionsFile('2026-07-02');

    const columns = await query(`describe from read_parquet('${file}', hive_partitioning = false)`);
    const codecs = await query(`select distinct compression from parquet_metadata('${file}')`);

    expect(columns.map((column) => column['column_name'])).toEqual(Object.keys(SESSION_COLUMNS));
    expect(codecs).toEqual([{ compression: 'ZSTD' }]);
  });

  test('needs sessionId and createdAt only; null, absent and empty text are nothing', async () => {
    await lake.ingest('sessions', [
      jsonLines(
        { sessionId: 'a', createdAt: '2026-07-01T00:00:00Z', unknown: [1] },
        { sessionId: 'b', createdAt: '2026-07-01T00:00:00Z', channel: null, handoffReason: '' },
        { sessionId: 'c', createdAt: '2026-07-01T00:00:00Z', guidesUsed: ['', 'x'] },
      ),
    ]);

    const rows = await lake.sessions();

    expect(rows.map((row) => [row['session_id'], row['guides_used']])).toEqual([
      ['a', null],
      ['b', null],
      ['c', ['x']],
    ]);
    expect(rows.map((row) => row['handoff_reason'])).toEqual([null, null, null]);
  });

  test('sorts the rows of a day by createdAt, then by sessionId as bytes', async () => {
    await lake.ingest('sessions', [
      jsonLines(
        { sessionId: 'b', createdAt: '2026-07-01T12:00:00Z' },
        { sessionId: '_', createdAt: '2026-07-01T12:00:00Z' },
        { sessionId: 'B', createdAt: '2026-07-01T14:00:00+02:00' },
        { sessionId: 'z', createdAt: '2026-07-01T00:00:00Z' },
        { sessionId: '-', createdAt: '2026-07-01T12:00:00Z' },
      ),
    ]);

    const ids = (await lake.sessions()).map((row) => row['session_id']);

    expect(ids).toEqual(['z', '-', 'B', '_', 'b']);
  });

  test('derives wasResolved where it is not given', async () => {
    type Flag = boolean | undefined;
    const flags: [
      responded: Flag,
      handedOff: Flag,
      ended: boolean,
      given: Flag,
      stored: boolean | null,
    ][] = [
      [true, false, true, undefined, true],
      [true, false, false, undefined, false],
      [true, true, true, undefined, false],
      [false, false, true, undefined, false],
      [undefined, false, true, undefined, null],
      [false, undefined, true, undefined, null],
      [true, false, true, false, false],
      [undefined, undefined, false, true, true],
      [true, true, true, true, false],
    ];
    const records = flags.map(([wasRespondedTo, wasHandedOff, ended, wasResolved], index) => ({
      sessionId: String(index),
      createdAt: '2026-07-01T00:00:00Z',
      endedAt: ended ? '2026-07-01T01:00:00Z' : undefined,
      wasRespondedTo,
      wasHandedOff,
      wasResolved,
    }));
    await lake.ingest('sessions', [jsonLines(...records)]);

    const stored = (await lake.sessions()).map((row) => row['was_resolved']);

    expect(stored).toEqual(flags.map((row) => row[4]));
  });

  test('reports a record that says both resolved and handed off, and stores it', async () => {
    const both = { ...FULL, wasHandedOff: true };

    const result = await lake.ingest('sessions', [`\n${jsonLines(both)}`], { strict: true });

    expect(result.contradicting.count).toBe(1);
    expect(result.contradicting.first[0]).toMatchObject({ line: 2 });
    expect(await lake.sessions()).toMatchObject([{ was_handed_off: true, was_resolved: false }]);
  });

  test('makes org.json and lake.json, and leaves nothing else in the lake', async () => {
    await lake.ingest('sessions', [jsonLines(FULL)], { dataThrough: '2026-07-03T00:00:00Z' });

    expect(JSON.parse(await readFile(lake.layout.settingsFile, 'utf8'))).toEqual({ name: 'acme' });
    expect(JSON.parse(await readFile(lake.layout.stateFile, 'utf8'))).toEqual({
      schemaVersion: 1,
      dataThrough: '2026-07-03T00:00:00Z',
      ingestedAt: '2026-08-01T00:00:00.000Z',
      sessions: 1,
      transcripts: 0,
    });
    expect(Object.keys(await lake.hashes()).toSorted()).toEqual([
      'lake.json',
      'org.json',
      'sessions/day=2026-07-02/sessions.parquet',
    ]);
  });

  test('keeps the later of two dataThrough, and says none that was never given', async () => {
    const state = async () => JSON.parse(await readFile(lake.layout.stateFile, 'utf8'));
    await lake.ingest('sessions', [jsonLines(FULL)]);
    const first = await state();
    await lake.ingest('sessions', [jsonLines(FULL)], { dataThrough: '2026-07-05T00:00:00+02:00' });
    await lake.ingest('sessions', [jsonLines(FULL)], { dataThrough: '2026-07-04T00:00:00Z' });

    expect(first).not.toHaveProperty('dataThrough');
    expect(await state()).toMatchObject({ dataThrough: '2026-07-05T00:00:00+02:00' });
  });

  test('with strict writes nothing, not even the folder, when a record is bad', async () => {
    const result = await lake.ingest('sessions', [`${jsonLines(FULL)}nonsense\n`], {
      strict: true,
    });

    expect(result).toMatchObject({ read: 2, rejected: { count: 1 }, lake: undefined });
    await expect(access(lake.layout.root)).rejects.toThrow('ENOENT');
  });

  test('an empty file is a lake without sessions', async () => {
    const result = await lake.ingest('sessions', ['', '\n \t\n']);

    expect(result).toMatchObject({ read: 0, lake: { files: 0 } });
    expect(await lake.sessions()).toEqual([]);
  });
});

/** Sessions of eight days in turn, and a message of each. */
const numbered = (number: number) => at(1 + (number % 8), { sessionId: `s${number}` });
const messageOf = (number: number) => ({
  sessionId: `s${number}`,
  messageId: 'm',
  sentAt: '2026-07-01T12:00:00Z',
  author: 'CUSTOMER',
  text: `text ${number}`,
});

test('the order of the input changes nothing', async () => {
  const numbers = Array.from({ length: 64 }, (_, number) => number);
  const byDay = numbers.toSorted((one, other) => (one % 8) - (other % 8) || one - other);

  await lake.ingest('sessions', [jsonLines(...byDay.map(numbered))]);
  await lake.ingest('messages', [jsonLines(...byDay.map(messageOf))]);
  const inOrder = await lake.hashes();
  await lake.clear();
  await lake.ingest('sessions', [jsonLines(...numbers.map(numbered))]);
  await lake.ingest('messages', [jsonLines(...numbers.map(messageOf))]);

  expect(await lake.messages()).toHaveLength(numbers.length);
  expect(await lake.hashes()).toEqual(inOrder);
});

describe('ingest sessions again', () => {
  const other = { sessionId: 'o', createdAt: '2026-07-01T10:00:00Z' };

  test('the same file changes no byte of the lake', async () => {
    const input = jsonLines(FULL, at(1), other);
    await lake.ingest('sessions', [input]);
    const before = await lake.hashes();

    const result = await lake.ingest('sessions', [input], { now: new Date() });

    expect(result.lake?.sessions).toEqual({ written: 0, unchanged: 3, superseded: 0 });
    expect(await lake.hashes()).toEqual(before);
  });

  test('the newest updatedAt wins, the later input on a tie, and none is oldest', async () => {
    const updates: [first: string | undefined, second: string | undefined, winner: string][] = [
      ['2026-07-02T00:00:00Z', '2026-07-03T00:00:00Z', 'later'],
      ['2026-07-03T00:00:00Z', '2026-07-02T00:00:00Z', 'earlier'],
      ['2026-07-02T00:00:00Z', '2026-07-02T02:00:00+02:00', 'later'],
      [undefined, undefined, 'later'],
      [undefined, '2026-07-02T00:00:00Z', 'later'],
      ['2026-07-02T00:00:00Z', undefined, 'earlier'],
    ];
    const earlier = updated(
      'earlier',
      updates.map(([first]) => first),
    );
    const later = updated(
      'later',
      updates.map(([, second]) => second),
    );
    const agents = async () => (await lake.sessions()).map((row) => row['gladly_agent']);

    const oneFile = await lake.ingest('sessions', [earlier + later]);
    const inOneFile = await agents();
    await lake.clear();
    await lake.ingest('sessions', [earlier, later]);
    const inTwoFiles = await agents();
    await lake.clear();
    await lake.ingest('sessions', [earlier]);
    const again = await lake.ingest('sessions', [later]);

    const winners = updates.map(([, , winner]) => winner);
    expect([inOneFile, inTwoFiles, await agents()]).toEqual([winners, winners, winners]);
    expect(oneFile.lake?.sessions).toEqual({ written: 6, unchanged: 0, superseded: 6 });
    expect(again.lake?.sessions).toEqual({ written: 4, unchanged: 0, superseded: 2 });
  });

  test('a changed createdAt moves the session to its new day and leaves no twin', async () => {
    await lake.ingest('sessions', [jsonLines(at(1), other)]);

    const result = await lake.ingest('sessions', [jsonLines(at(3))]);

    expect(result.lake).toMatchObject({ sessions: { written: 1 }, files: 2 });
    const places = (await lake.sessions()).map((row) => [row['session_id'], row['day']]);
    expect(places).toEqual([
      ['o', '2026-07-01'],
      ['s', '2026-07-03'],
    ]);
  });

  test('a day that loses its last session goes', async () => {
    await lake.ingest('sessions', [jsonLines(at(1))]);

    await lake.ingest('sessions', [jsonLines(at(3))]);

    expect(Object.keys(await lake.hashes()).toSorted()).toEqual([
      'lake.json',
      'org.json',
      'sessions/day=2026-07-03/sessions.parquet',
    ]);
    await expect(access(`${lake.layout.sessionsDir}/day=2026-07-01`)).rejects.toThrow('ENOENT');
  });

  test('sessions that swap their days arrive both', async () => {
    const t = { sessionId: 't' };
    await lake.ingest('sessions', [jsonLines(at(1), at(3, t))]);

    await lake.ingest('sessions', [jsonLines(at(3), at(1, t))]);

    const places = (await lake.sessions()).map((row) => [row['session_id'], row['day']]);
    expect(places).toEqual([
      ['t', '2026-07-01'],
      ['s', '2026-07-03'],
    ]);
  });

  test.each([
    ['the touched day', '2026-07-01'],
    ['another day', '2026-07-03'],
  ])('a torn file, of %s, is named, and the lake stays as it was', async (_, day) => {
    await lake.ingest('sessions', [jsonLines(at(1), at(3, { sessionId: 't' }))]);
    const file = lake.layout.sessionsFile(day);
    await truncate(file, 100);
    const before = await lake.hashes();

    await expect(lake.ingest('sessions', [jsonLines(at(1, { channel: 'SMS' }))])).rejects.toThrow(
      `Cannot ingest into acme: sessions/day=${day}/sessions.parquet cannot be read to its end`,
    );
    expect(await lake.hashes()).toEqual(before);
  });

  test('only the touched days get new files', async () => {
    await lake.ingest('sessions', [jsonLines(at(2), other)]);
    const before = await lake.hashes();

    await lake.ingest('sessions', [jsonLines(at(2, { channel: 'SMS' }))]);

    const after = await lake.hashes();
    const changed = Object.keys(after).filter((file) => before[file] !== after[file]);
    expect(changed).toEqual(['sessions/day=2026-07-02/sessions.parquet']);
  });

  test('a session that lies in two days, as after a crash, ends in one', async () => {
    await lake.ingest('sessions', [jsonLines(at(1))]);
    const twin = await openTestLake();
    await twin.ingest('sessions', [jsonLines(at(3))]);
    await cp(twin.layout.sessionsDir, lake.layout.sessionsDir, { recursive: true });
    await twin.remove();

    await lake.ingest('sessions', [jsonLines(at(3))]);

    expect((await lake.sessions()).map((row) => row['day'])).toEqual(['2026-07-03']);
  });
});
