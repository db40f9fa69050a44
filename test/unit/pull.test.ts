// A Gladly account into a lake, whatever the account's answers: no row lost, none twice.

import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { openPace } from '../../analytics/lake/pull/pace.ts';
import { type PulledRange, type PullRequest, pull } from '../../analytics/lake/pull/pull.ts';
import {
  type AccountOptions,
  type GladlyAccount,
  type Mischief,
  openGladlyAccount,
} from './support/gladlyAccount.ts';
import { justPublish, openTestLake, type TestLake } from './support/ingestInto.ts';

const COLUMNS =
  'Session ID,Customer ID,Conversation ID,Channel,Gladly Agent,Guides Used,Created Date,Was Handed Off,Was Resolved,Was Recontacted Resolution - 24 Hours,Was Responded To,Handoff Category,Handoff Subcategory,Handoff Reason,Transfer Rationale,Conversation Link';
const ROWS_A_DAY = 4;
const ROW_CAP = 20;

function rows(day: string, withMessages: boolean): string[] {
  return Array.from({ length: ROWS_A_DAY }, (_, number) => {
    const id = `${day}-${number}`;
    const cells = `${id},c,,CHAT,,,${day} 0${number}:00:00,false,true,,true,,,"a, b",,`;
    return withMessages ? `${cells},"[${day} 0${number}:00:01] Customer: ""hi""\n  there"` : cells;
  });
}

const ACCOUNT: AccountOptions = {
  rows,
  header: (withMessages) => (withMessages ? `${COLUMNS},Message History` : COLUMNS),
  rowCap: ROW_CAP,
  authorization: `Basic ${Buffer.from('me@acme.test:secret').toString('base64')}`,
};

let lake: TestLake;
let account: GladlyAccount;
let elapsed: number;
let ranges: PulledRange[];
let stop: AbortController;

beforeEach(async () => {
  lake = await openTestLake();
  elapsed = 0;
  ranges = [];
  stop = new AbortController();
});

afterEach(async () => {
  await account.close();
  await lake.remove();
});

async function open(options: Partial<AccountOptions> = {}): Promise<void> {
  account = await openGladlyAccount({ ...ACCOUNT, ...options });
}

const NOW = new Date('2026-08-10T12:00:00Z');

function pullInto(request: Partial<PullRequest> = {}): Promise<void> {
  const clock = {
    now: () => elapsed,
    sleep: async (milliseconds: number) => {
      elapsed += milliseconds;
    },
  };
  return pull(
    {
      layout: lake.layout,
      account: { url: account.url, user: 'me@acme.test', token: 'secret' },
      from: '2026-07-01',
      to: '2026-07-08',
      rowCap: ROW_CAP,
      now: () => NOW,
      onRange: (range) => ranges.push(range),
      aroundRemoval: justPublish,
      ...request,
    },
    { fetch, clock, pace: openPace(10, 2, clock), signal: stop.signal },
  );
}

async function pulledIds() {
  return (await lake.sessions()).map((row) => row['session_id']);
}

const IDS_OF_8_DAYS = Array.from({ length: 8 }, (_, day) =>
  rows(`2026-07-0${day + 1}`, false).map((row) => row.split(',', 1)[0]),
).flat();

describe('pull', () => {
  test('brings sessions and messages, halves what comes back full, and keeps to the limits', async () => {
    const times: number[] = [];
    await open({ onRequest: () => times.push(elapsed) });

    await pullInto();

    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS);
    expect(await lake.messages()).toHaveLength(IDS_OF_8_DAYS.length);
    expect(
      (await checkLake(lake.layout, new Date())).outcomes.filter(({ count }) => count > 0),
    ).toEqual([]);
    expect(ranges.map(({ first, last, rows: count }) => [first, last, count])).toEqual([
      ['2026-07-01', '2026-07-04', 16],
      ['2026-07-05', '2026-07-08', 16],
    ]);
    expect(account.mostAtOnce).toBeLessThanOrEqual(2);
    const inMinute = times.map(
      (time) => times.filter((each) => each >= time && each < time + 60_000).length,
    );
    expect(Math.max(...inMinute)).toBeLessThanOrEqual(10);
    expect(await readdir(lake.layout.pullDir)).toEqual(['progress.json']);
  });

  test('keeps to ten requests a minute when there are more', async () => {
    const times: number[] = [];
    await open({ rowCap: ROWS_A_DAY + 1, onRequest: () => times.push(elapsed) });

    await pullInto({ rowCap: ROWS_A_DAY + 1 });

    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS);
    expect(times.length).toBeGreaterThan(20);
    const inMinute = times.map(
      (time) => times.filter((each) => each >= time && each < time + 60_000).length,
    );
    expect(Math.max(...inMinute)).toBe(10);
  });

  test.each<[Mischief, number]>([
    ['refuse without Retry-After', 6],
    ['refuse with Retry-After', 7],
    ['fail', 6],
    ['answer an error with status 200', 6],
    ['answer nothing', 0],
    ['cut the connection', 6],
    ['end early without a word', 0],
  ])('asks again when the account should %s', async (mischief, seconds) => {
    await open({
      mischief: [
        undefined,
        mischief,
        undefined,
        undefined,
        mischief,
        mischief === 'fail' ? mischief : undefined,
      ],
    });

    await pullInto({ to: '2026-07-04' });
    const first = account.requests.length;
    await pullInto({ to: '2026-07-04' });

    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS.slice(0, 16));
    expect(first).toBe(3);
    expect(elapsed).toBeGreaterThanOrEqual(seconds * 1000);
    expect(
      (await checkLake(lake.layout, new Date())).outcomes.filter(({ count }) => count > 0),
    ).toEqual([]);
  });

  test('an empty answer that comes twice is a range without sessions', async () => {
    await open({
      rows: (day, withMessages) => (day < '2026-07-05' ? [] : rows(day, withMessages)),
    });

    await pullInto({ to: '2026-07-04' });
    await pullInto({ from: '2026-07-05' });

    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS.slice(16));
    expect(account.requests).toHaveLength(6);
  });

  test.each<[Mischief, string]>([
    ['refuse without Retry-After', 'it answered 429'],
    ['answer an error with status 200', 'it answered something else than a report'],
    ['cut the connection', 'the connection failed'],
  ])(
    'gives up at last when the account will always %s, and writes nothing of the range',
    async (mischief, reason) => {
      await open({
        mischief: [undefined, undefined, ...Array.from({ length: 40 }, () => mischief)],
      });
      await pullInto({ to: '2026-07-04' });

      await expect(pullInto({ from: '2026-07-05' })).rejects.toThrow(reason);

      expect(await pulledIds()).toEqual(IDS_OF_8_DAYS.slice(0, 16));
      expect(await readdir(lake.layout.pullDir)).toEqual(['progress.json']);
    },
  );

  test('a day that comes back full is a failure, and the days before it are in the lake', async () => {
    await open({
      rows: (day, withMessages) =>
        day === '2026-07-03'
          ? Array.from({ length: 6 }, () => rows(day, withMessages)).flat()
          : rows(day, withMessages),
    });

    await expect(pullInto()).rejects.toThrow('Cannot pull 2026-07-03: its report has 20 rows');

    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS.slice(0, 8));
  });

  test('stopped, it goes on where it was', async () => {
    await open();

    await expect(
      pullInto({
        onRange: () => stop.abort(new Error('stopped')),
      }),
    ).rejects.toThrow('stopped');
    const before = account.requests.length;
    stop = new AbortController();
    await pullInto();

    expect(account.requests.slice(before).map((request) => request.split(' ')[1])).toEqual([
      '2026-07-05',
      '2026-07-05',
    ]);
    expect(await pulledIds()).toEqual(IDS_OF_8_DAYS);
  });

  test('without dates it takes 30 days, later the days that may have been restated, and today', async () => {
    await open({ rowCap: 1000 });
    const days = { from: undefined, to: undefined, rowCap: 1000 };

    await pullInto(days);
    await pullInto({ ...days, now: () => new Date('2026-08-11T12:00:00Z') });

    expect(ranges.map(({ first, last }) => [first, last])).toEqual([
      ['2026-07-11', '2026-08-10'],
      ['2026-08-07', '2026-08-11'],
    ]);
    const state = await lake.state();
    expect(state['dataThrough']).toBe('2026-08-11T10:00:00.000Z');
  });

  test.each([
    [
      { authorization: 'Basic x' },
      'the user or the token in GLADLY_API_TOKEN is wrong (status 401)',
    ],
  ])('%j is a failure at once', async (options, reason) => {
    await open(options);

    await expect(pullInto()).rejects.toThrow(reason);
    expect(elapsed).toBe(0);
  });

  test('rows that cannot be taken stay beside the lake', async () => {
    await open({
      rows: (day, withMessages) => [
        ...rows(day, withMessages),
        `a b,${rows(day, withMessages)[0]?.split(',').slice(1).join(',')}`,
      ],
    });

    await pullInto({ to: '2026-07-01' });

    expect(ranges[0]?.result.rejected.count).toBe(2);
    expect(await readdir(lake.layout.pullDir)).toEqual([
      'progress.json',
      'rejects-2026-07-01-2026-07-01.csv',
    ]);
  });
});

test('openPace lets no more than its number work at once', async () => {
  const pace = openPace(10, 2, { now: () => 0, sleep: async () => {} });
  const works = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const ends = works.map(({ promise }, number) =>
    pace.take(() => {
      begun.push(number);
      return promise;
    }),
  );

  works[1]?.resolve();
  await ends[1];
  const inBetween = [...begun];
  for (const { resolve } of works) resolve();
  await Promise.all(ends);

  expect(inBetween).toEqual([0, 1]);
  expect(begun).toEqual([0, 1, 2]);
});

describe('ai-sessions pull', () => {
  test.each([
    [{}, ['--url', 'https://acme.gladly.com'], 'Set GLADLY_API_TOKEN'],
    [
      { GLADLY_API_TOKEN: 't' },
      ['--url', 'http://acme.gladly.com'],
      '--url must be an https address',
    ],
    [
      { GLADLY_API_TOKEN: 't' },
      ['--url', 'https://x.test', '--from', '2026-02-30'],
      '--from must be a date',
    ],
    [
      { GLADLY_API_TOKEN: 't' },
      ['--url', 'https://x.test', '--from', '2026-02-02', '--to', '2026-02-01'],
      '--from must not be after --to',
    ],
  ])('%j %j is wrong usage', async (env, args, message) => {
    await open();

    const ended = spawnSync(
      process.execPath,
      ['analytics/cli.ts', 'pull', '--user', 'me', '--org', 'acme', '--data', lake.folder, ...args],
      { env: { ...env }, encoding: 'utf8' },
    );

    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(message);
  });
});
