// Each kind of damage to a lake is found by the check that is there for it, and by no other.

import { access, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { holdLock } from '../../analytics/engine/lock.ts';
import { checkLake } from '../../analytics/lake/check.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { PARQUET_OPTIONS } from '../../analytics/lake/parquet.ts';
import { jsonLines, openTestLake, query, type TestLake } from './support/ingestInto.ts';

let good: TestLake;
let folder: string;
/** A copy of the good lake, to be broken. */
let layout: LakeLayout;

const DAY = '2026-07-01';

beforeAll(async () => {
  good = await openTestLake();
  await good.ingest('sessions', [
    jsonLines(
      { sessionId: 'a', createdAt: `${DAY}T00:00:00Z`, customerId: 'c', guidesUsed: ['x', 'y'] },
      { sessionId: 'b', createdAt: `${DAY}T12:00:00Z`, channel: 'CHAT', wasHandedOff: true },
      { sessionId: 'c', createdAt: '2026-07-02T00:00:00Z' },
    ),
  ]);
  const message = (sessionId: string, messageId: string) => ({
    sessionId,
    messageId,
    sentAt: `${DAY}T12:00:00Z`,
    author: 'AGENT',
    text: 'secret text',
  });
  await good.ingest('messages', [
    jsonLines(message('a', '1'), message('a', '2'), message('b', '1'), message('waits', '1')),
  ]);
  await mkdir(dirname(good.layout.mergesFile));
  await write(good.layout.mergesFile, "select 'm1' as from_customer_id, 'm2' as to_customer_id");
});

afterAll(() => good.remove());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(folder, 'acme');
  await cp(good.layout.root, layout.root, { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

async function write(file: string, select: string, options = PARQUET_OPTIONS): Promise<void> {
  await query(`copy (${select}) to '${file}.new' (${options})`);
  await rename(`${file}.new`, file);
}

/** Writes a file again, its rows seen through a SELECT over `row`. */
function rewrite(file: string, select: string, options = PARQUET_OPTIONS): Promise<void> {
  const from = `with row as (from read_parquet('${file}', hive_partitioning = false))`;
  return write(file, `${from} ${select}`, options);
}

const sessions = (select: string) => rewrite(layout.sessionsFile(DAY), select);
const transcripts = (select: string) => rewrite(layout.transcriptsFile(DAY), select);
const merges = (select: string) => write(layout.mergesFile, select);
const messagesOfA = (expression: string) =>
  transcripts(
    `select * replace (if(session_id = 'a', ${expression}, messages) as messages) from row`,
  );

/** `check file session: detail` for everything found. */
async function findings(): Promise<string[]> {
  const { outcomes } = await checkLake(layout, new Date());
  return outcomes.flatMap(({ check, first }) =>
    first.map(({ file, sessionId, detail }) => `${check} ${file} ${sessionId ?? '-'}: ${detail}`),
  );
}

const S = `sessions/day=${DAY}/sessions.parquet`;
const T = `transcripts/day=${DAY}/transcripts.parquet`;
const ORDER = "order by session_id <> 'b'";

test('checkLake finds nothing in a lake that is right', async () => {
  expect(await findings()).toEqual([]);
});

test('checkLake clears away what an interrupted ingest worked with', async () => {
  await mkdir(join(layout.workDir, 'drafts'), { recursive: true });
  await writeFile(join(layout.workDir, 'drafts', '1'), 'half');

  expect(await findings()).toEqual([]);
  await expect(access(layout.workDir)).rejects.toThrow('ENOENT');
});

test('checkLake is refused while the lake is being written', async () => {
  const lock = await holdLock(layout.lockFile, 'write');

  await expect(checkLake(layout, new Date())).rejects.toThrow('Cannot check acme: process');
  lock.release();
});

describe('checkLake finds', () => {
  test.each<[what: string, damage: () => Promise<unknown>, found: string[]]>([
    [
      'a file of another name',
      () => cp(layout.sessionsFile(DAY), join(dirname(layout.sessionsFile(DAY)), 'more.parquet')),
      [`files sessions/day=${DAY}/more.parquet -: does not belong in a lake`],
    ],
    [
      'a folder of a day that does not exist',
      async () => {
        await mkdir(join(layout.sessionsDir, 'day=2026-02-30'));
        await cp(layout.sessionsFile(DAY), layout.sessionsFile('2026-02-30'));
      },
      ['files sessions/day=2026-02-30/sessions.parquet -: does not belong in a lake'],
    ],
    ['no lake.json', () => rm(layout.stateFile), ['settings lake.json -: is missing']],
    [
      'an org.json with a time zone that does not exist',
      () => writeFile(layout.settingsFile, '{"timezone":"Mars/Base"}'),
      [expect.stringContaining('settings org.json -: Cannot read')],
    ],
    [
      'an org.json with a setting that does not exist',
      () => writeFile(layout.settingsFile, '{"timeZone":"America/Los_Angeles"}'),
      [expect.stringMatching(/: timeZone is not a setting: they are name, timezone, /)],
    ],
    [
      'an org.json with a link that has another placeholder',
      () => writeFile(layout.settingsFile, '{"conversationLink":"{o}/{conversationId}"}'),
      [expect.stringContaining('must contain no placeholder but')],
    ],
    [
      'a lake.json whose instant has half an offset',
      () => writeFile(layout.stateFile, '{"dataThrough":"2026-07-01T13:00:00+00"}'),
      [expect.stringContaining('dataThrough must be an RFC 3339 instant')],
    ],
    [
      'a lake.json that is not JSON',
      () => writeFile(layout.stateFile, '{"schemaVersion":1'),
      [expect.stringContaining('settings lake.json -: ')],
    ],
    [
      'a file that is cut off',
      async () => {
        const bytes = await readFile(layout.sessionsFile(DAY));
        await writeFile(layout.sessionsFile(DAY), bytes.subarray(0, bytes.length / 2));
      },
      [`parquet ${S} -: cannot be read to its end as Parquet`],
    ],
    [
      'an empty file',
      () => writeFile(layout.transcriptsFile(DAY), ''),
      [`parquet ${T} -: cannot be read to its end as Parquet`],
    ],
    [
      'a file whose pages are damaged behind a whole footer',
      async () => {
        const bytes = await readFile(layout.sessionsFile(DAY));
        await writeFile(layout.sessionsFile(DAY), bytes.fill(0xaa, 4, 400));
      },
      [`parquet ${S} -: cannot be read to its end as Parquet`],
    ],
    [
      'a column too few',
      () => sessions('select * exclude (updated_at) from row'),
      [expect.stringContaining(`parquet ${S} -: must have the columns session_id VARCHAR`)],
    ],
    [
      'message text among the sessions',
      () => sessions("select *, 'secret text' as messages from row"),
      [expect.stringContaining(`parquet ${S} -: must have the columns`)],
    ],
    [
      'columns in another order',
      () => sessions('select customer_id, * exclude (customer_id) from row'),
      [expect.stringContaining(`parquet ${S} -: must have the columns`)],
    ],
    [
      'a column of another type',
      () => sessions('select * replace (created_at::timestamp as created_at) from row'),
      [expect.stringContaining('created_at TIMESTAMP,')],
    ],
    [
      'another compression',
      () => rewrite(layout.sessionsFile(DAY), 'from row', 'format parquet, compression snappy'),
      [`parquet ${S} -: must be compressed with zstd`],
    ],
    [
      'a session without an id',
      () =>
        sessions(
          `select * replace (if(session_id = 'a', null, session_id) as session_id) from row where session_id = 'a' union all from row where session_id <> 'a'`,
        ),
      [
        `session-required ${S} -: row 0 has no session_id`,
        `transcript-session ${T} a: has a transcript but is not in the lake`,
      ],
    ],
    [
      'a session without a beginning',
      () =>
        rewrite(
          layout.sessionsFile('2026-07-02'),
          'select * replace (null::timestamptz as created_at) from row',
        ),
      ['session-required sessions/day=2026-07-02/sessions.parquet c: row 0 has no created_at'],
    ],
    [
      'ids out of their alphabet',
      () =>
        sessions(
          "select * replace ('c d' as customer_id) from row where session_id = 'a' union all select * replace ('é' as conversation_id) from row where session_id = 'b'",
        ),
      [
        `session-alphabet ${S} a: customer_id must be 1 to 64 of A-Z, a-z, 0-9, _ and -`,
        `session-alphabet ${S} b: conversation_id must be 1 to 64 of A-Z, a-z, 0-9, _ and -`,
      ],
    ],
    [
      'a channel out of its alphabet',
      () => sessions('select * replace (lower(channel) as channel) from row'),
      [`session-alphabet ${S} b: channel must be 1 to 40 of A-Z, 0-9 and _`],
    ],
    [
      'a guide named twice',
      () =>
        sessions(
          "select * replace (['x', 'y', 'x'] as guides_used) from row where session_id = 'a' union all from row where session_id = 'b'",
        ),
      [`session-guides ${S} a: guides_used names a guide twice`],
    ],
    [
      'a guide without a name',
      () =>
        sessions(
          "select * replace (['x', null] as guides_used) from row where session_id = 'a' union all from row where session_id = 'b'",
        ),
      [`session-guides ${S} a: guides_used has a guide without a name`],
    ],
    [
      'a session both handed off and resolved',
      () => sessions('select * replace (true as was_resolved) from row'),
      [`session-outcome ${S} b: is both handed off and resolved`],
    ],
    [
      'sessions in the folder of another day',
      async () => {
        await mkdir(join(layout.sessionsDir, 'day=2026-07-03'));
        await rename(layout.sessionsFile('2026-07-02'), layout.sessionsFile('2026-07-03'));
      },
      ['session-day sessions/day=2026-07-03/sessions.parquet c: belongs to day=2026-07-02'],
    ],
    [
      'transcripts in the folder of another day',
      async () => {
        await mkdir(join(layout.transcriptsDir, 'day=2026-07-03'));
        await rename(layout.transcriptsFile(DAY), layout.transcriptsFile('2026-07-03'));
      },
      [
        `transcript-day transcripts/day=2026-07-03/transcripts.parquet a: belongs to day=${DAY}`,
        `transcript-day transcripts/day=2026-07-03/transcripts.parquet b: belongs to day=${DAY}`,
      ],
    ],
    [
      'sessions out of order',
      () => sessions(`from row ${ORDER}`),
      [`session-order ${S} a: must come before session b`],
    ],
    [
      'sessions of one instant out of order',
      () =>
        rewrite(
          layout.sessionsFile('2026-07-02'),
          "from row union all select * replace ('B' as session_id) from row",
        ).then(() => state({ sessions: 4 })),
      ['session-order sessions/day=2026-07-02/sessions.parquet B: must come before session c'],
    ],
    [
      'transcripts out of order',
      () => transcripts(`from row ${ORDER}`),
      [`transcript-order ${T} a: must come before session b`],
    ],
    [
      'a session twice in a day',
      () =>
        sessions("from row where session_id = 'a' union all from row").then(() =>
          state({ sessions: 4 }),
        ),
      [`session-unique ${S} a: is there 2 times`],
    ],
    [
      'a session in two days',
      async () => {
        const file = layout.sessionsFile('2026-07-02');
        await rewrite(file, "from row union all select * replace ('b' as session_id) from row");
        await rewrite(file, 'from row order by session_id');
        await state({ sessions: 4 });
      },
      [`session-unique ${S} b: is there 2 times, also in day=2026-07-02`],
    ],
    [
      'a transcript twice',
      () =>
        transcripts("from row where session_id = 'a' union all from row").then(() =>
          state({ transcripts: 3 }),
        ),
      [`transcript-unique ${T} a: has 2 transcripts`],
    ],
    [
      'a transcript of no session',
      () => sessions("from row where session_id = 'a'").then(() => state({ sessions: 2 })),
      [`transcript-session ${T} b: has a transcript but is not in the lake`],
    ],
    [
      'a transcript with another beginning',
      () =>
        transcripts(
          "select * replace (if(session_id = 'b', created_at + interval 1 microsecond, created_at) as created_at) from row",
        ),
      [`transcript-session ${T} b: began at another time than its transcript says`],
    ],
    [
      'a transcript without messages',
      () => messagesOfA('[]'),
      [`transcript-required ${T} a: has no messages`],
    ],
    [
      'a message without a text',
      () =>
        messagesOfA('list_transform(messages, lambda m: struct_update(m, text := null::varchar))'),
      [`transcript-required ${T} a: has a message without an id, time, author or text`],
    ],
    [
      'an author that is none',
      () => messagesOfA("list_transform(messages, lambda m: struct_update(m, author := 'BOT'))"),
      [
        `transcript-authors ${T} a: has a message whose author is none of CUSTOMER, GLADLY_AI, AGENT, SYSTEM`,
      ],
    ],
    [
      'messages out of order',
      () => messagesOfA('list_reverse(messages)'),
      [`transcript-messages ${T} a: messages must be sorted by (sent_at, message_id)`],
    ],
    [
      'a message twice',
      () => messagesOfA('list_concat(messages[:1], messages)'),
      [`transcript-messages ${T} a: has a message twice`],
    ],
    [
      'a customer merged twice',
      () =>
        merges(
          "select * from (values ('x', 'y'), ('x', 'z')) as m(from_customer_id, to_customer_id)",
        ),
      [
        'merge-flat customer_merges/customer_merges.parquet -: customer x is merged twice',
        'merge-flat customer_merges/customer_merges.parquet -: customer x is merged twice',
      ],
    ],
    [
      'a chain of merges',
      () =>
        merges(
          "select * from (values ('x', 'y'), ('y', 'z')) as m(from_customer_id, to_customer_id)",
        ),
      [
        'merge-flat customer_merges/customer_merges.parquet -: customer x is merged into y, which is merged itself',
      ],
    ],
    [
      'a customer merged into itself',
      () => merges("select 'x' as from_customer_id, 'x' as to_customer_id"),
      [
        'merge-flat customer_merges/customer_merges.parquet -: customer x is merged into x, which is merged itself',
      ],
    ],
    [
      'counts that are not those of lake.json',
      () => state({ sessions: 7, transcripts: undefined }),
      [
        'counts lake.json -: says 7 sessions, but there are 3',
        'counts lake.json -: says no number of transcripts, but there are 2',
      ],
    ],
    [
      'messages that wait for a session that is there',
      () => rewrite(layout.pendingFile, "select * replace ('c' as session_id) from row"),
      [
        'waiting-messages pending/messages.parquet c: is in the lake, but 1 of its messages wait for it',
      ],
    ],
  ])('%s', async (_, damage, found) => {
    await damage();

    const all = await findings();

    expect(all).toEqual(found);
    expect(all.join()).not.toContain('secret');
  });
});

async function state(change: object): Promise<void> {
  const before: object = JSON.parse(await readFile(layout.stateFile, 'utf8'));
  await writeFile(layout.stateFile, JSON.stringify({ ...before, ...change }));
}
