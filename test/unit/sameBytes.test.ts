// The bytes of a Run do not depend on how it is made (DESIGN 7.1): the size of segments, statements at
// once, what lies in the spool. All are those of the macro in plain DuckDB, over text that is hostile.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LakeLayout } from '../../analytics/lake/layout.ts';
import * as segments from '../../analytics/runs/segments.ts';
import type { Run } from '../../sql/contract/run.ts';
import { guideName, summary, text } from '../property/texts.ts';
import { macroBytes, readRun, runBytes } from './support/reportBytes.ts';
import { openRunner, type Runner, type RunnerOptions } from './support/runner.ts';
import { writeLake } from './support/writeLake.ts';

vi.mock(import('../../analytics/runs/segments.ts'), { spy: true });

const SESSIONS = 4000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

/** Days around the two midnights of Havana's 1 November 2026, at both ends of the range some more. */
const FIRST_INSTANT_MS = Date.parse('2026-10-28T00:00:00Z');
const DAYS = 9;
const RANGE = { from: '2026-10-29', to: '2026-11-03' };
const DATA_THROUGH = '2026-11-03T12:00:00Z';
const TIMEZONE = 'America/Havana';

const EMPTY_DAY = 2;

/** The same ones in every run of the test. */
function sampled<Value>(arbitrary: fc.Arbitrary<Value>): (index: number) => Value | undefined {
  const values = fc.sample(arbitrary, { seed: 20_261_101, numRuns: 211 });
  return (index) => values[index % values.length];
}

/** Crowded: every third at the instant of others, and one day without any. */
function createdAt(index: number): string {
  const minute = (index * 7919) % (DAYS * DAY_MINUTES);
  const isEmpty = Math.floor(minute / DAY_MINUTES) === EMPTY_DAY;
  const placed = isEmpty ? minute + DAY_MINUTES : minute;
  const rounded = index % 3 === 0 ? placed - (placed % 60) : placed;
  return new Date(FIRST_INSTANT_MS + rounded * MINUTE_MS).toISOString();
}

const flag = (index: number) => [true, false, null][index % 3];

function records() {
  const [agent, guide, category, reason, message] = [13, 17, 19, 23, 29];
  const texts = sampled(text);
  const guides = sampled(guideName);
  const summaries = sampled(summary);
  const sessions = Array.from({ length: SESSIONS }, (_, index) => ({
    sessionId: `${index % 2 === 0 ? '-' : '_'}${index.toString(36)}`,
    customerId: index % 11 === 0 ? null : `c${index % 97}`,
    conversationId: index % 7 === 0 ? null : `v${index % 500}`,
    channel: ['CHAT', 'EMAIL', 'SMS', 'VOICE'][index % 4],
    gladlyAgent: texts(index * agent),
    guidesUsed: [...new Set([guides(index * guide), guides(index)])],
    createdAt: createdAt(index),
    endedAt: index % 5 === 0 ? null : createdAt(index),
    wasRespondedTo: flag(index + 1),
    wasHandedOff: index % 4 === 0,
    wasResolved: index % 4 === 0 ? false : flag(Math.floor(index / 5)),
    handoffCategory: texts(Math.floor(index / 40) * category),
    handoffSubcategory: texts(index % 6),
    sessionSummary: summaries(index),
    handoffReason: index % 3 === 0 ? texts(index * reason) : null,
    transferRationale: texts(index + 1),
  }));
  const messages = sessions.flatMap(({ sessionId, createdAt: sentAt }, index) =>
    Array.from({ length: index % 5 }, (_, number) => ({
      sessionId,
      messageId: `m${number}`,
      sentAt,
      author: ['CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM'][(index + number) % 4],
      text: texts(index * message + number),
    })),
  );
  return { sessions, messages, merges: [{ fromCustomerId: 'c5', toCustomerId: 'c1' }] };
}

const DETAIL = 'ai-sessions-detail';
const WITH_MESSAGES = 'ai-sessions-detail-with-messages';

const RUNS: readonly Run[] = [
  readRun(DETAIL, RANGE),
  readRun(DETAIL, { ...RANGE, grouping: 'week', weekStart: 'sunday', excel: true }),
  readRun(DETAIL, { ...RANGE, columns: 'extended', dates: 'iso' }),
  readRun(DETAIL, { ...RANGE, recontacted: 'true', channel: ['CHAT', 'SMS'] }),
  readRun(WITH_MESSAGES, RANGE),
  readRun(WITH_MESSAGES, { ...RANGE, grouping: 'month', messages: 'json', formulaGuard: false }),
  readRun('ai-recontacts', RANGE),
  readRun('ai-sessions-summary', { ...RANGE, grouping: 'day', by: 'agent' }),
  readRun('ai-guides', { ...RANGE, grouping: 'none' }),
  readRun(DETAIL, { ...RANGE, format: 'arrow' }),
  readRun(DETAIL, { ...RANGE, grouping: 'month', columns: 'extended', format: 'arrow' }),
  readRun(WITH_MESSAGES, { ...RANGE, format: 'arrow' }),
  readRun(DETAIL, { ...RANGE, format: 'parquet' }),
  readRun(WITH_MESSAGES, { ...RANGE, grouping: 'week', format: 'parquet' }),
];

/** One character a byte, whatever the bytes are. */
const characters = (bytes: Buffer) => bytes.toString('latin1');

/** What the macro gives an analyst; of formats that it cannot write, what the Run is when nothing is special. */
async function expectedBytes(run: Run): Promise<Buffer> {
  return run.parameters.format === 'csv' ? macroBytes(layout, run) : runBytes(layout, run);
}

let folder: string;
let layout: LakeLayout;
let expected: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = await writeLake({
    dataDir: folder,
    organisation: 'acme',
    ...records(),
    settings: { timezone: TIMEZONE },
    state: { dataThrough: DATA_THROUGH },
  });
  const files: string[] = [];
  for (const run of RUNS) files.push(characters(await expectedBytes(run)));
  expected = files;
});

afterAll(() => rm(folder, { recursive: true }));

beforeEach(() => {
  vi.mocked(segments.segmentBlocks).mockReset();
});

async function withRunner(
  options: RunnerOptions,
  use: (runner: Runner) => Promise<void>,
): Promise<void> {
  const runner = await openRunner(layout, options);
  try {
    await use(runner);
  } finally {
    await runner.close();
  }
}

async function expectAll(runner: Runner): Promise<void> {
  for (const [index, run] of RUNS.entries()) {
    const bytes = await runner.bytes(run);
    expect(characters(bytes) === expected[index], JSON.stringify(run)).toBe(true);
  }
}

/** The same of some of its days. */
function within(run: Run): Run {
  return { ...run, parameters: { ...run.parameters, from: '2026-10-31', to: '2026-11-02' } };
}

const aSegmentADay: typeof segments.segmentBlocks = (_first, _last, days) =>
  days.map(({ day, rows }) => ({ firstDay: day, lastDay: day, rows }));

test('the lake has what is hard to get right', () => {
  const detail = Buffer.from(expected[0] ?? '', 'latin1').toString();
  expect(detail.split('\n').length).toBeGreaterThan(2000);
  for (const hard of [/,true,true,/, /,"'/, /"[^"]*\n[^"]*"/, /\u2028/]) {
    expect(detail).toMatch(hard);
  }
});

describe('the bytes of every Run are those of the macro', () => {
  test('with one statement at once, in segments as they come', () =>
    withRunner({ limits: { statementsAtOnce: 1 } }, expectAll));

  test.each([
    ['four statements at once', { limits: { statementsAtOnce: 4 } }],
    ['one segment ahead of the reader', { lead: 1 }],
  ])('with %s, in segments of a day', async (_, options) => {
    vi.mocked(segments.segmentBlocks).mockImplementation(aSegmentADay);
    await withRunner(options, expectAll);
  });

  test('all at the same time', async () => {
    vi.mocked(segments.segmentBlocks).mockImplementation(aSegmentADay);
    const limits = { runsPerOrganisation: RUNS.length, runsAtOnce: RUNS.length };
    await withRunner({ limits: { ...limits, statementsAtOnce: 4 } }, async (runner) => {
      const files = await Promise.all(RUNS.map((run) => runner.bytes(run)));
      expect(files.map((bytes, index) => characters(bytes) === expected[index])).not.toContain(
        false,
      );
    });
  });

  test('with nothing, some, all and again some of it in the spool', async () => {
    vi.mocked(segments.segmentBlocks).mockImplementation(aSegmentADay);
    await withRunner({}, async (runner) => {
      const draft = vi.spyOn(runner.spool, 'draft');
      for (const run of RUNS) await runner.bytes(within(run));
      await expectAll(runner);
      await runner.underWay.ended();
      draft.mockClear();
      await expectAll(runner);
      expect(draft).not.toHaveBeenCalled();
      for (const run of RUNS) {
        const { segments: parts } = (await runner.find(run)).status();
        for (const { id } of parts.filter((_, index) => index % 2 === 0)) {
          const extension = run.parameters.format;
          await runner.spool.hold({ organisation: 'acme', id, extension })?.remove();
        }
      }
      await expectAll(runner);
      expect(draft).toHaveBeenCalled();
    });
  });
});
