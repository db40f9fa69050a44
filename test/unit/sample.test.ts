// The made-up lake: the same for the same seed, every promise of SPEC 2 kept, every kind of value
// that reports must cope with really in it, and whole or not at all.

import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { sampleCommand } from '../../analytics/commands/sample.ts';
import { CommandFailure, UsageError } from '../../analytics/failure.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import {
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
} from '../../analytics/lake/parquet.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { readLakeState, readSettings } from '../../analytics/lake/settings.ts';

const SHAPE = { sessions: 12_000, days: 30, seed: 1, transcripts: true, until: '2026-07-31' };

let folder: string;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SHAPE, layout: lakeLayout(folder, 'acme') });
  connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run(`
    set TimeZone = 'UTC';
    create table sessions as
      from read_parquet('${folder}/acme/sessions/*/*.parquet', hive_partitioning = true,
        filename = true, file_row_number = true);
    create table transcripts as
      from read_parquet('${folder}/acme/transcripts/*/*.parquet', hive_partitioning = true,
        filename = true, file_row_number = true);
    create table merges as from read_parquet('${folder}/acme/customer_merges/*.parquet');
    create table messages as
      select t.session_id, unnest(t.messages, recursive := true) from transcripts t;
    create table outcomes as
      select
        sessions.*,
        coalesce(to_customer_id, customer_id) as person,
        case
          when was_responded_to is not true and (was_handed_off is true or ended_at is not null)
            then 'no_response'
          when was_handed_off is true then 'handed_off'
          when was_resolved is true then 'resolved'
          when ended_at is null then 'in_progress'
          else 'unresolved'
        end as outcome
      from sessions left join merges on from_customer_id = customer_id;
    create table pairs as
      select
        a.session_id, a.outcome, a.channel, a.conversation_id, a.customer_id,
        b.session_id as next_id, b.channel as next_channel,
        b.conversation_id as next_conversation_id, b.customer_id as next_customer_id,
        b.day <> a.day as on_another_day, b.created_at - a.created_at as gap
      from outcomes a inner join outcomes b on a.person = b.person
        and b.session_id <> a.session_id and b.created_at >= a.created_at
        and b.created_at <= a.created_at + interval 24 hours;
    create table texts as
      select gladly_agent as body from sessions
      union all select unnest(guides_used) from sessions
      union all select handoff_subcategory from sessions
      union all select handoff_reason from sessions
      union all select session_summary from sessions
      union all select transfer_rationale from sessions
      union all select "text" from messages;
  `);
});

afterAll(async () => {
  connection.closeSync();
  await rm(folder, { recursive: true, force: true });
});

async function count(from: string): Promise<number> {
  const reader = await connection.runAndReadAll(`select count(*)::double from ${from}`);
  return Number(reader.getRowsJS()[0]?.[0]);
}

async function rows(sql: string): Promise<unknown[]> {
  return (await connection.runAndReadAll(sql)).getRowsJS();
}

/** Name and SHA-256 of every file. */
async function fingerprint(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  return Promise.all(
    files.toSorted().map(async (file) => {
      const hash = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      return `${relative(root, file)} ${hash}`;
    }),
  );
}

describe('makeSample from a seed', () => {
  test('makes the same files again', async () => {
    await makeSample({ ...SHAPE, layout: lakeLayout(folder, 'again') });
    expect(await fingerprint(join(folder, 'again'))).toEqual(
      await fingerprint(join(folder, 'acme')),
    );
  });

  test('makes other sessions, customers and messages from another seed', async () => {
    await makeSample({ ...SHAPE, seed: 2, layout: lakeLayout(folder, 'other') });
    const other = (table: string) => `read_parquet('${folder}/other/${table}/*/*.parquet')`;
    expect(await count(other('sessions'))).toBe(SHAPE.sessions);
    for (const id of ['session_id', 'customer_id', 'created_at']) {
      expect(await count(`sessions semi join ${other('sessions')} using (${id})`)).toBe(0);
    }
    expect(await count(`transcripts semi join ${other('transcripts')} using (messages)`)).toBe(0);
  });

  test('leaves transcripts out when told so, and changes no session', async () => {
    const layout = lakeLayout(folder, 'silent');
    const counts = await makeSample({ ...SHAPE, transcripts: false, layout });
    expect(counts).toEqual({ sessions: SHAPE.sessions, transcripts: 0 });
    expect(await readdir(layout.root)).not.toContain('transcripts');
    expect(await fingerprint(layout.sessionsDir)).toEqual(
      await fingerprint(lakeLayout(folder, 'acme').sessionsDir),
    );
  });

  test.each([
    { sessions: 1, days: 1, files: 1 },
    { sessions: 3, days: 3660, files: 3 },
  ])('makes $sessions sessions in $days days, in files of days that have any', async (small) => {
    const layout = lakeLayout(folder, `small-${small.days}`);
    const counts = await makeSample({ ...SHAPE, ...small, layout });
    expect(counts.sessions).toBe(small.sessions);
    expect(await readdir(layout.sessionsDir)).toHaveLength(small.files);
  });
});

describe('a sample keeps what SPEC 2 promises', () => {
  test.each([
    ['sessions/day=2026-07-14/sessions.parquet', SESSION_COLUMNS],
    ['transcripts/day=2026-07-14/transcripts.parquet', TRANSCRIPT_COLUMNS],
    ['customer_merges/customer_merges.parquet', MERGE_COLUMNS],
  ])('%s has the columns in order, with their types, in zstd', async (file, columns) => {
    const path = `'${folder}/acme/${file}'`;
    const found = await rows(
      `select column_name, column_type from (describe from read_parquet(${path}, hive_partitioning = false))`,
    );
    const types: Record<string, string> = { timestamptz: 'timestamp with time zone' };
    const expected = Object.entries(columns).map(([name, type]) => [
      name,
      (types[type] ?? type.replaceAll('timestamptz', 'timestamp with time zone')).toUpperCase(),
    ]);
    const named = (found as [string, string][]).map(([name, type]) => [name, type.toUpperCase()]);
    expect(named).toEqual(expected);
    expect(await rows(`select distinct compression from parquet_metadata(${path})`)).toEqual([
      ['ZSTD'],
    ]);
  });

  test('every day has its folder, and its file there', async () => {
    const layout = lakeLayout(folder, 'acme');
    const days = (await readdir(layout.sessionsDir)).toSorted();
    expect(days).toHaveLength(SHAPE.days);
    expect([days[0], days.at(-1)]).toEqual(['day=2026-07-02', 'day=2026-07-31']);
    expect(await readdir(join(layout.sessionsDir, 'day=2026-07-14'))).toEqual(['sessions.parquet']);
  });

  test('lake.json and org.json say what is there', async () => {
    const layout = lakeLayout(folder, 'acme');
    expect(await readLakeState(layout)).toEqual({
      schemaVersion: 1,
      dataThrough: '2026-08-01T00:00:00Z',
      ingestedAt: '2026-08-01T00:00:00Z',
      sessions: await count('sessions'),
      transcripts: await count('transcripts'),
    });
    expect(await readSettings(layout)).toMatchObject({
      name: 'Acme Outfitters',
      timezone: 'America/Los_Angeles',
    });
  });

  test.each([
    [
      'a session_id that is not Gladly-like',
      `sessions where not regexp_full_match(session_id, '[A-Za-z0-9_-]{22}')`,
    ],
    [
      'a customer_id that is not Gladly-like',
      `sessions where not regexp_full_match(customer_id, '[A-Za-z0-9_-]{22}')`,
    ],
    [
      'a conversation_id that is not Gladly-like',
      `sessions where not regexp_full_match(conversation_id, '[A-Za-z0-9_-]{22}')`,
    ],
    [
      'a channel out of its alphabet',
      `sessions where not regexp_full_match(channel, '[A-Z0-9_]{1,40}')`,
    ],
    ['a session twice', '(select session_id from sessions group by all having count(*) > 1)'],
    ['a required value missing', 'sessions where session_id is null or created_at is null'],
    [
      'a row in the folder of another day',
      `sessions where day <> (created_at at time zone 'UTC')::date`,
    ],
    [
      'a session after the data',
      `sessions where created_at >= timestamptz '2026-08-01 00:00:00Z' or ended_at >= timestamptz '2026-08-01 00:00:00Z'`,
    ],
    ['a session that ends before it begins', 'sessions where ended_at < created_at'],
    ['a session both resolved and handed off', 'sessions where was_resolved and was_handed_off'],
    [
      'a category without a handoff',
      'sessions where coalesce(handoff_category, handoff_subcategory, handoff_reason, transfer_rationale) is not null and was_handed_off is not true',
    ],
    [
      'a guide twice in a session',
      'sessions where len(list_distinct(guides_used)) <> len(guides_used)',
    ],
    [
      'sessions out of order',
      '(select (created_at, session_id) <= lag((created_at, session_id)) over (partition by filename order by file_row_number) as wrong from sessions) where wrong',
    ],
    [
      'transcripts out of order',
      '(select (created_at, session_id) <= lag((created_at, session_id)) over (partition by filename order by file_row_number) as wrong from transcripts) where wrong',
    ],
    [
      'a transcript without its session, or of another instant or day',
      'transcripts anti join sessions using (session_id, created_at, day)',
    ],
    ['a transcript twice', '(select session_id from transcripts group by all having count(*) > 1)'],
    [
      'a transcript without messages or with more than 60',
      'transcripts where len(messages) not between 1 and 60',
    ],
    [
      'messages out of order',
      'transcripts where messages <> list_transform(list_sort(list_transform(messages, lambda m: {k: m.sent_at, i: m.message_id, m: m})), lambda s: s.m)',
    ],
    ['a message twice', '(select message_id from messages group by all having count(*) > 1)'],
    [
      'a message of nobody',
      `messages where author is null or author not in ('CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM')`,
    ],
    ['a message without text or time', 'messages where "text" is null or sent_at is null'],
    [
      'a message out of its session',
      `messages inner join sessions using (session_id) where sent_at < created_at or sent_at > coalesce(ended_at, timestamptz '2026-08-01 00:00:00Z')`,
    ],
    [
      'a merge into a merged customer',
      'merges where to_customer_id in (select from_customer_id from merges)',
    ],
    [
      'a customer merged twice',
      '(select from_customer_id from merges group by all having count(*) > 1)',
    ],
    [
      'a conversation of two people',
      `(select conversation_id from outcomes where conversation_id is not null group by all having count(distinct coalesce(person, '')) > 1)`,
    ],
  ])('and never has %s', async (_, from) => {
    expect(await count(from)).toBe(0);
  });
});

describe('a sample has', () => {
  const kinds: (readonly [string, string])[] = [
    ...['no_response', 'handed_off', 'resolved', 'in_progress', 'unresolved'].map(
      (outcome) => [`the outcome ${outcome}`, `outcomes where outcome = '${outcome}'`] as const,
    ),
    ...['CHAT', 'EMAIL', 'SMS', 'VOICE', 'WHATSAPP', 'FACEBOOK_MESSENGER', 'INSTAGRAM_DIRECT'].map(
      (channel) => [`the channel ${channel}`, `sessions where channel = '${channel}'`] as const,
    ),
    ...['Hallucination', 'Contact Us', 'Invalid Phrases', 'Implied Mutation', 'Transfer Claim'].map(
      (name) =>
        [
          `the quality check ${name}`,
          `sessions where handoff_category = 'handoff_qc' and handoff_subcategory = '${name}'`,
        ] as const,
    ),
    ...[
      'legal threat',
      'asks for a human',
      'not English',
      'Order above $500, or "gold" member',
    ].map(
      (name) =>
        [
          `the transfer condition ${name}`,
          `sessions where handoff_category = 'handoff_transfer_detector' and handoff_subcategory = '${name}'`,
        ] as const,
    ),
    [
      'a manual handoff without a subcategory',
      `sessions where handoff_category = 'handoff_manual' and handoff_subcategory is null`,
    ],
    ['a handoff without a category', 'sessions where was_handed_off and handoff_category is null'],
    ['a handoff without a response', 'sessions where was_handed_off and not was_responded_to'],
    [
      'an end without a response',
      'sessions where not was_handed_off and not was_responded_to and ended_at is not null',
    ],
    ['an unknown response', 'sessions where was_responded_to is null'],
    ['an unknown handoff', 'sessions where was_handed_off is null'],
    ['an unknown resolution', 'sessions where was_resolved is null'],
    ['an open session', 'sessions where ended_at is null'],
    ['an unknown customer', 'sessions where customer_id is null'],
    ['a session without a conversation', 'sessions where conversation_id is null'],
    ['a session without a channel', 'sessions where channel is null'],
    ['a session without an agent', 'sessions where gladly_agent is null'],
    ['a session without known guides', 'sessions where guides_used is null'],
    ['a session without guides', 'sessions where len(guides_used) = 0'],
    ['a session with three guides', 'sessions where len(guides_used) = 3'],
    ['a guide with a comma', `texts where body = 'Returns, exchanges'`],
    ['a guide with quotes', `texts where body = 'The "no receipt" return'`],
    ['an agent with a comma', `sessions where gladly_agent like '%,%'`],
    ['an agent with quotes', `sessions where gladly_agent like '%"%'`],
    ['an id that starts with -', `sessions where session_id[1] = '-'`],
    ['an id that starts with _', `sessions where session_id[1] = '_'`],
    ['a customer_id that starts with -', `sessions where customer_id[1] = '-'`],
    ['a conversation_id that starts with _', `sessions where conversation_id[1] = '_'`],
    ['a recontact', `pairs where outcome = 'resolved' and gap > interval 0 seconds`],
    [
      'a recontact on another channel',
      `pairs where outcome = 'resolved' and channel <> next_channel`,
    ],
    ['a recontact on another UTC day', `pairs where outcome = 'resolved' and on_another_day`],
    [
      'a recontact in the same conversation',
      `pairs where outcome = 'resolved' and conversation_id = next_conversation_id`,
    ],
    [
      'a recontact in another conversation',
      `pairs where outcome = 'resolved' and conversation_id <> next_conversation_id`,
    ],
    [
      'a recontact known through a merge only',
      `pairs where outcome = 'resolved' and customer_id <> next_customer_id`,
    ],
    [
      'a recontact after exactly 24 hours',
      `pairs where outcome = 'resolved' and gap = interval 24 hours`,
    ],
    [
      'two sessions of a customer at one instant',
      `pairs where outcome = 'resolved' and gap = interval 0 seconds`,
    ],
    [
      'a pending recontact',
      `outcomes where outcome = 'resolved' and person is not null and created_at > timestamptz '2026-07-31 00:00:00Z' and session_id not in (select session_id from pairs)`,
    ],
    [
      'a summary with handoffReason',
      `sessions where json_valid(session_summary) and (session_summary ->> 'handoffReason') <> ''`,
    ],
    [
      'a summary with handoff_reason',
      `sessions where json_valid(session_summary) and (session_summary ->> 'handoff_reason') <> ''`,
    ],
    [
      'a summary with a label and text behind',
      `sessions where not json_valid(session_summary) and regexp_matches(session_summary, '\\nHandoff reason: [^\\n]+\\n\\n')`,
    ],
    ['a label in capitals', `sessions where session_summary like '%HANDOFF REASON:%'`],
    ['a summary with CRLF', `sessions where session_summary like '%' || chr(13) || chr(10) || '%'`],
    [
      'a reason of two lines',
      `sessions where regexp_matches(session_summary, '(?i)handoff reason:.+\\n.+\\n\\n')`,
    ],
    ['a handoff without a summary', 'sessions where was_handed_off and session_summary is null'],
    ['a reason of its own', 'sessions where handoff_reason is not null'],
    ['a transfer rationale', 'sessions where transfer_rationale is not null'],
    ['a merged customer', 'sessions semi join merges on customer_id = from_customer_id'],
    ['a session without messages', 'sessions anti join transcripts using (session_id)'],
    ['a transcript of one message', 'transcripts where len(messages) = 1'],
    ['a transcript of 60 messages', 'transcripts where len(messages) = 60'],
    [
      'two messages at one instant',
      '(select 1 from messages group by session_id, sent_at having count(*) > 1)',
    ],
    ...['CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM'].map(
      (author) => [`a message of ${author}`, `messages where author = '${author}'`] as const,
    ),
    [
      'a message of several lines',
      `messages where author = 'CUSTOMER' and contains("text", chr(10))`,
    ],
    [
      'a message that forges a line of Gladly AI',
      `messages where author = 'CUSTOMER' and regexp_matches("text", '\\n\\[.{19}\\] Gladly AI: ')`,
    ],
    ...['=', '-', '+', '@', '\t', '\r', ' =', '＝', '－', '＋', '＠'].map(
      (start) =>
        [
          `a text that starts with ${JSON.stringify(start)}`,
          `texts where starts_with(body, '${start}')`,
        ] as const,
    ),
    ['a lone carriage return', `texts where regexp_matches(body, '\\r[^\\n]')`],
    ['an emoji', `texts where regexp_matches(body, '[\\x{1F300}-\\x{1FAFF}]')`],
    ...[
      'Latin',
      'Arabic',
      'Hebrew',
      'Han',
      'Hiragana',
      'Cyrillic',
      'Devanagari',
      'Thai',
      'Hangul',
    ].map(
      (script) =>
        [
          `the ${script} script`,
          `messages where regexp_matches("text", '\\p{${script}}')`,
        ] as const,
    ),
  ];

  test.each(kinds)('%s', async (_, from) => {
    expect(await count(from)).toBeGreaterThan(0);
  });
});

describe('a sample is lifelike', () => {
  test.each([
    ['resolved', 0.55, 0.65],
    ['handed_off', 0.2, 0.25],
    ['no_response', 0.05, 0.08],
    ['unresolved', 0.08, 0.14],
    ['in_progress', 0, 0.01],
  ])('the share of %s lies between %d and %d', async (outcome, least, most) => {
    const share = (await count(`outcomes where outcome = '${outcome}'`)) / SHAPE.sessions;
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });

  test('10 to 20 % of the resolutions are recontacted', async () => {
    const resolved = await count(`outcomes where outcome = 'resolved'`);
    const recontacted = await count(
      `(select distinct session_id from pairs where outcome = 'resolved' and gap > interval 0 seconds)`,
    );
    expect(recontacted / resolved).toBeGreaterThan(0.1);
    expect(recontacted / resolved).toBeLessThan(0.2);
  });

  test('days are busier than nights and weekdays than weekends, where the customers are', async () => {
    const local = `created_at at time zone 'America/Los_Angeles'`;
    const at = (hour: number) => count(`sessions where hour(${local}) = ${hour}`);
    expect(await at(11)).toBeGreaterThan(10 * (await at(3)));
    const on = (weekday: number) => count(`sessions where isodow(${local}) = ${weekday}`);
    expect(await on(2)).toBeGreaterThan(1.5 * (await on(7)));
  });
});

describe('makeSample makes all or nothing', () => {
  test('refuses to touch a lake that is there, and says how to choose another', async () => {
    const layout = lakeLayout(join(folder, 'taken'), 'acme');
    await mkdir(layout.root, { recursive: true });
    const attempt = makeSample({ ...SHAPE, layout });
    await expect(attempt).rejects.toThrow(CommandFailure);
    await expect(attempt).rejects.toThrow(/"acme" already has a lake .*--org .*--data/);
    expect(await readdir(layout.root)).toEqual([]);
    expect(await readdir(join(folder, 'taken'))).toEqual(['acme']);
  });

  test('leaves nothing behind when it is interrupted halfway', async () => {
    const dataDir = join(folder, 'interrupted');
    const interruption = new AbortController();
    const attempt = makeSample({
      ...SHAPE,
      sessions: 40_000,
      layout: lakeLayout(dataDir, 'acme'),
      onProgress: () => interruption.abort(new Error('interrupted')),
      signal: interruption.signal,
    });
    await expect(attempt).rejects.toThrow('interrupted');
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('leaves nothing behind when the place is taken meanwhile', async () => {
    const dataDir = join(folder, 'overtaken');
    const layout = lakeLayout(dataDir, 'acme');
    const takePlace = () => mkdirSync(layout.root, { recursive: true });
    const attempt = makeSample({ ...SHAPE, sessions: 10, layout, onProgress: takePlace });
    await expect(attempt).rejects.toThrow(CommandFailure);
    expect(await readdir(dataDir)).toEqual(['acme']);
    expect(await readdir(layout.root)).toEqual([]);
  });
});

describe('sampleCommand', () => {
  test.each([
    [['--sessions', '0'], '--sessions must be a whole number from 1 to 200000000: not "0"'],
    [['--sessions', '200000001'], '--sessions must be a whole number from 1 to 200000000'],
    [['--days', 'x'], '--days must be a whole number from 1 to 3660: not "x"'],
    [['--days', '1e3'], '--days must be a whole number from 1 to 3660'],
    [['--seed', '-1'], '--seed must be a whole number from 0 to'],
    [['--until', '2026-02-30'], '--until must be a date that exists: not "2026-02-30"'],
    [['--org', 'Acme'], '--org must be one DNS label'],
  ])('refuses %j as wrong usage and makes nothing', async (args, message) => {
    const dataDir = join(folder, 'unused');
    const attempt = sampleCommand().parseAsync(['--data', dataDir, ...args], { from: 'user' });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(message);
    expect(await readdir(folder)).not.toContain('unused');
  });

  test('makes the lake that the options name and says what it made', async () => {
    const dataDir = join(folder, 'commanded');
    const args = ['--data', dataDir, '--sessions', '10', '--days', '2', '--no-transcripts'];
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      await sampleCommand().parseAsync([...args, '--until', '2026-07-31'], { from: 'user' });
      expect(write.mock.calls.map(([text]) => text)).toEqual([
        `Made 10 sessions and 0 transcripts, 2 days through 2026-07-31, in ${join(dataDir, 'acme')}\n`,
      ]);
    } finally {
      write.mockRestore();
    }
    expect(await readLakeState(lakeLayout(dataDir, 'acme'))).toMatchObject({ sessions: 10 });
  });
});
