// What is told of a Run before it is run, compared with the Run itself: its records are counted and read
// by another CSV reader.

import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { auditRows } from '../../analytics/audit/rows.ts';
import { estimate } from '../../analytics/glance/estimate.ts';
import { firstRows } from '../../analytics/glance/firstRows.ts';
import { openLooks } from '../../analytics/glance/look.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { CHOICE_FILTERS, Choices, Estimate, Preview } from '../../sql/contract/glance.ts';
import { problemKind } from '../../sql/contract/problem.ts';
import { REPORT_NAMES, REPORTS } from '../../sql/contract/report.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { type ResolvedRun, resolveRun } from '../../sql/contract/run.ts';
import { ANALYST } from '../e2e/support/assertions.ts';
import { openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';
import { readRun } from './support/reportBytes.ts';
import { writeLake } from './support/writeLake.ts';

const NOW = new Date('2026-08-01T12:00:00Z');
const SAMPLE = { sessions: 3000, days: 20, seed: 3, transcripts: true, until: '2026-07-31' };
const RANGE = { from: '2026-07-14', to: '2026-07-30' };

let folder: string;
let service: ServiceApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'changing') });
  service = await openServiceApp(folder, NOW);
});

beforeEach(() => {
  vi.clearAllMocks();
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  readonly gone?: AbortSignal;
  readonly report?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly caller?: Caller;
}

async function ask(path: string, asked: Asked) {
  const { report = 'ai-sessions-detail', parameters, caller = ANALYST, gone } = asked;
  const body = JSON.stringify({ report, parameters: { ...RANGE, ...parameters } });
  return service.askAs(caller, { path, body, ...(gone === undefined ? {} : { signal: gone }) });
}

const asker = (gone = new AbortController().signal) => ({ subject: ANALYST.subject, gone });

function resolved(report: string, more: object = {}): ResolvedRun {
  const defaults = { timezone: 'America/Los_Angeles', weekStart: 'monday' } as const;
  const run = resolveRun(readRun(report, { ...RANGE, ...more }), defaults, NOW);
  if (!run.ok) throw new Error('Cannot resolve the Run');
  return run.value;
}

async function told<Output>(
  path: string,
  schema: v.GenericSchema<unknown, Output>,
  asked: Asked,
): Promise<Output> {
  const response = await ask(path, asked);
  expect(response.status).toBe(200);
  return v.parse(schema, await response.json());
}

const estimated = (asked: Asked) => told('/estimate', Estimate, asked);
const previewed = (asked: Asked) => told('/preview', Preview, asked);

async function downloaded({ report = 'ai-sessions-detail', parameters, caller }: Asked) {
  const run = { report, parameters: { ...RANGE, ...parameters } };
  const response = await service.download(run, caller);
  return Buffer.from(await response.arrayBuffer());
}

const eventCount = async () => (await Array.fromAsync(auditRows(service.audit, 'acme', {}))).length;

const records = async (asked: Asked): Promise<string[][]> => parse(await downloaded(asked));

/** The same without the formula guard, which a preview has no need of. */
const unguarded = (asked: Asked) =>
  records({ ...asked, parameters: { ...asked.parameters, formulaGuard: false } });

const resolvedSession = (sessionId: string, customerId: string, createdAt: string) => ({
  sessionId,
  customerId,
  createdAt,
  wasResolved: true,
});

const FILTERS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { timezone: 'Pacific/Kiritimati' },
  { timezone: 'America/St_Johns', from: '2026-07-12', to: '2026-07-31' },
  { from: '2026-07-20', to: '2026-07-20' },
  { from: '2026-01-01', to: '2026-12-31' },
  { from: '2025-01-01', to: '2025-12-31' },
  { channel: ['CHAT'] },
  { channel: ['EMAIL', 'SMS'], outcome: ['resolved'] },
  { guide: ['Order status'], timezone: 'Asia/Kathmandu' },
  { handoffCategory: ['handoff_manual'] },
  { sessionId: ['none-of-these'] },
  { recontacted: 'true' },
  { recontacted: 'false', channel: ['CHAT'] },
  { recontacted: 'pending', from: '2026-07-30', to: '2026-07-31' },
  { recontacted: 'pending', from: '2026-07-01', to: '2026-08-31', timezone: 'Asia/Tokyo' },
  { recontacted: 'false', columns: 'extended', handoffCategory: ['none-of-these'] },
];

describe('an estimate', () => {
  test.each(FILTERS)('counts the sessions of the very file: %j', async (parameters) => {
    const { sessions, isAtMost } = await estimated({ parameters });
    expect({ sessions, isAtMost }).toEqual({
      sessions: (await records({ parameters })).length - 1,
      isAtMost: false,
    });
  });

  test.each([{}, { recontacted: 'true' }, { recontacted: 'false' }, { channel: ['CHAT'] }])(
    'counts recontacts: %j',
    async (parameters) => {
      const asked = { report: 'ai-recontacts', parameters };
      expect((await estimated(asked)).sessions).toBe((await records(asked)).length - 1);
    },
  );

  test.each([
    ['ai-sessions-detail', {}],
    ['ai-sessions-detail', { columns: 'extended', dates: 'iso' }],
    ['ai-sessions-detail', { channel: ['CHAT'] }],
    ['ai-sessions-detail-with-messages', {}],
    ['ai-recontacts', {}],
    ['ai-sessions-detail', { recontacted: 'pending', to: '2026-07-31' }],
    ['ai-sessions-detail-with-messages', { format: 'jsonl' }],
  ])('says within a third how large a file is: %s %j', async (report, parameters) => {
    const size = (await downloaded({ report, parameters })).length;
    const { bytes } = await estimated({ report, parameters });
    expect(Number(bytes) / size).toBeGreaterThan(2 / 3);
    expect(Number(bytes) / size).toBeLessThan(4 / 3);
  });

  test.each(['csv.gz', 'csv.zst', 'jsonl', 'parquet', 'arrow'])(
    'says of other formats how large they are, within a half: %s',
    async (format) => {
      const size = (await downloaded({ parameters: { format } })).length;
      const { bytes } = await estimated({ parameters: { format } });
      expect(Number(bytes) / size).toBeGreaterThan(1 / 2);
      expect(Number(bytes) / size).toBeLessThan(3 / 2);
    },
  );

  test('has no size for a file of counts, which is small', async () => {
    const { sessions, bytes } = await estimated({ report: 'ai-guides' });
    expect(sessions).toBe((await records({})).length - 1);
    expect(bytes).toBeNull();
  });

  test('starts no Run and leaves no event', async () => {
    const before = await eventCount();
    await estimated({});
    await told('/choices', Choices, {});
    expect(await eventCount()).toBe(before);
    expect(service.rendered).not.toHaveBeenCalled();
  });

  test('of recontacts among very many sessions is a limit: all that are resolved', async () => {
    const organisation = await service.opened('acme');
    const { signal } = new AbortController();
    const run = resolved('ai-recontacts');
    const patience = { maxWindowSessions: 10, counting: () => signal };
    const limit = await openLooks()(organisation, run, asker(), (look) => estimate(look, patience));
    const [header = [], ...rows] = await records({});
    const sessions = rows.filter((row) => row[header.indexOf('Was Resolved')] === 'true').length;
    expect(limit).toMatchObject({ sessions, isAtMost: true });
    expect(sessions).toBeGreaterThan((await estimated({ report: 'ai-recontacts' })).sessions);
  });

  test('of rows that are not in the middle of the range has a size too', async () => {
    const others = Array.from({ length: 20 }, (_, index) =>
      resolvedSession(`other-${index}`, `customer-${index}`, '2026-07-22T09:00:00Z'),
    );
    await writeLake({
      dataDir: folder,
      organisation: 'rare',
      sessions: [
        resolvedSession('first', 'back', '2026-07-15T09:00:00Z'),
        resolvedSession('second', 'back', '2026-07-15T11:00:00Z'),
        ...others,
      ],
    });
    const caller = { ...ANALYST, organisation: 'rare' };
    const { sessions, bytes } = await estimated({ report: 'ai-recontacts', caller });
    expect(sessions).toBe(1);
    expect(bytes).toBeGreaterThan(50);
  });
});

test('an estimate of what takes too long to count is a limit: all sessions there are', async () => {
  const organisation = await service.opened('acme');
  const run = resolved('ai-sessions-detail', { channel: ['EMAIL'] });
  const patience = { maxWindowSessions: 1e6, counting: () => AbortSignal.abort() };
  const limit = await openLooks()(organisation, run, asker(), (look) => estimate(look, patience));
  expect(limit.isAtMost).toBe(true);
  expect(limit.sessions).toBeGreaterThanOrEqual((await records({})).length - 1);
  expect(Number(limit.bytes)).toBeGreaterThan(0);
});

describe('a lake of few sessions on many days', () => {
  const caller = { ...ANALYST, organisation: 'sparse' };
  const YEAR = { from: '2025-08-01', to: '2026-07-31' };

  beforeAll(async () => {
    const sessions = Array.from({ length: 300 }, (_, day) => ({
      sessionId: `s${day}`,
      customerId: `c${Math.floor(day / 2)}`,
      gladlyAgent: day % 7 === 6 ? 'Seventh' : 'Main',
      createdAt: new Date(Date.UTC(2025, 8, 1 + day, 20 - (day % 3))).toISOString(),
      endedAt: '2026-07-30T00:00:00Z',
      wasRespondedTo: true,
      wasHandedOff: false,
      wasResolved: day < 290,
    }));
    await writeLake({ dataDir: folder, organisation: 'sparse', sessions });
  });

  test.each<object>([
    {},
    { agent: ['Seventh'] },
    { agent: ['Seventh'], columns: 'extended' },
    { recontacted: 'true', agent: ['Seventh'] },
    { sessionId: ['s3', 's250', 's251'], columns: 'extended' },
    { recontacted: 'pending' },
  ])('is estimated and previewed as it is: %j', async (more) => {
    const asked = { parameters: { ...YEAR, ...more }, caller };
    const [header, ...all] = await unguarded(asked);
    expect(await previewed(asked)).toEqual({ columns: header, rows: all.slice(0, 20) });
    const { sessions, bytes } = await estimated(asked);
    expect(sessions).toBe(all.length);
    expect(Number(bytes) > 0).toBe(all.length > 0);
  });
});

describe('texts of strangers', () => {
  const caller = { ...ANALYST, organisation: 'hostile' };
  const NAMES = [
    '\ufeffmarked',
    '=1+1',
    '"; drop',
    'two\r\nlines',
    ' , ',
    '👩‍👩‍👧',
    "O'Brien",
    '.',
  ];
  const TOO_LONG = 'x'.repeat(201);

  beforeAll(async () => {
    const sessions = [...NAMES, TOO_LONG, ''].map((name, index) => ({
      sessionId: `s${index}`,
      createdAt: `2026-07-20T09:00:0${index}Z`,
      gladlyAgent: name,
      guidesUsed: [name, name],
      handoffCategory: name,
    }));
    await writeLake({ dataDir: folder, organisation: 'hostile', sessions });
  });

  test('are shown as they are', async () => {
    const [columns, ...rows] = await unguarded({ caller });
    expect(rows.map((row) => row[4])).toEqual([...NAMES, TOO_LONG, '']);
    expect(await previewed({ caller })).toEqual({ columns, rows });
  });

  test('are choices that find their sessions, where a filter can have them', async () => {
    const found = await told('/choices', Choices, { caller });
    for (const filter of ['agent', 'guide', 'handoffCategory'] as const) {
      expect(found[filter].values.map(({ sessions }) => sessions)).toEqual(NAMES.map(() => 1));
      const values = found[filter].values.map(({ value }) => value);
      expect(values.toSorted()).toEqual(NAMES.toSorted());
      for (const value of values) {
        const parameters = { [filter]: [value] };
        expect((await estimated({ parameters, caller })).sessions).toBe(1);
      }
    }
  });
});

test('an empty lake has no sessions, no choices, and a header', async () => {
  await writeLake({ dataDir: folder, organisation: 'empty', sessions: [] });
  const caller = { ...ANALYST, organisation: 'empty' };
  const nothing = { sessions: 0, isAtMost: false, bytes: 0 };
  expect(await estimated({ caller })).toEqual(nothing);
  expect(await estimated({ caller, parameters: { recontacted: 'pending' } })).toEqual(nothing);
  expect((await told('/choices', Choices, { caller })).agent).toEqual({ values: [], isCut: false });
  const [columns] = await records({ caller });
  expect(await previewed({ caller })).toEqual({ columns, rows: [] });
});

describe('a preview', () => {
  test.each(REPORT_NAMES)('is how the file begins: %s', async (report) => {
    const { columns, rows } = await previewed({ report });
    const [header, ...all] = await unguarded({ report });
    expect(columns).toEqual(header);
    expect(rows).toEqual(all.slice(0, 20));
    expect(rows.length).toBeGreaterThan(REPORTS[report].grain === 'count' ? 0 : 19);
  });

  test.each(FILTERS)('has the first rows that pass: %j', async (parameters) => {
    const { columns, rows } = await previewed({ parameters });
    expect([columns, ...rows]).toEqual((await unguarded({ parameters })).slice(0, 21));
  });

  test('is the same whatever the format of the file', async () => {
    const shown = await previewed({});
    for (const format of ['parquet', 'arrow', 'jsonl', 'csv.gz']) {
      expect(await previewed({ parameters: { format } })).toEqual(shown);
    }
  });

  test('cuts cells that are longer than somebody reads', async () => {
    const createdAt = '2026-07-15T09:00:00Z';
    await writeLake({
      dataDir: folder,
      organisation: 'wordy',
      sessions: [{ sessionId: 's1', createdAt }],
      messages: [
        {
          sessionId: 's1',
          messageId: 'm1',
          sentAt: createdAt,
          author: 'CUSTOMER',
          text: 'long '.repeat(200_000),
        },
      ],
    });
    const caller = { ...ANALYST, organisation: 'wordy' };
    const { rows } = await previewed({ report: 'ai-sessions-detail-with-messages', caller });
    const history = rows[0]?.at(-1) ?? '';
    expect(history).toMatch(/^\[.{19}\] Customer: long long .*…$/);
    expect(history.length).toBeLessThan(10_000);
  });

  test('leaves an event, with whose messages have been shown', async () => {
    const report = 'ai-sessions-detail-with-messages';
    const { rows } = await previewed({ report });
    const events = await Array.fromAsync(auditRows(service.audit, 'acme', {}));
    expect(events.at(-1)).toMatchObject({
      event: 'preview',
      subject: ANALYST.subject,
      report,
      withMessages: true,
      parameters: expect.objectContaining(RANGE),
      rows: rows.length,
      end: 'complete',
    });
  });
});

describe('choices', () => {
  const COLUMNS = {
    channel: 'Channel',
    agent: 'Gladly Agent',
    handoffCategory: 'Handoff Category',
    handoffSubcategory: 'Handoff Subcategory',
  } as const;

  test('are the values of the range, whatever the filters, the most frequent first', async () => {
    const found = await told('/choices', Choices, {
      parameters: { channel: ['CHAT'], recontacted: 'true', outcome: ['resolved'] },
    });
    const [header = [], ...rows] = await unguarded({});
    for (const [filter, column] of Object.entries(COLUMNS)) {
      const counts = new Map<string, number>();
      for (const row of rows) {
        const value = row[header.indexOf(column)] ?? '';
        if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const { values, isCut } = found[filter as keyof typeof COLUMNS];
      expect(new Map(values.map(({ value, sessions }) => [value, sessions]))).toEqual(counts);
      const order = values.map(({ sessions }) => sessions);
      expect(order).toEqual(order.toSorted((one, other) => other - one));
      expect(isCut).toBe(false);
    }
  });

  test('of guides count each session once for each', async () => {
    const { guide } = await told('/choices', Choices, {});
    const [, ...rows] = await unguarded({ report: 'ai-guides' });
    const counts = rows.map(([name, sessions]) => [name, Number(sessions)]);
    expect(new Map(guide.values.map(({ value, sessions }) => [value, sessions]))).toEqual(
      new Map(counts as [string, number][]),
    );
  });

  test('of an empty range are none', async () => {
    const found = await told('/choices', Choices, {
      parameters: { from: '2025-01-01', to: '2025-01-31' },
    });
    expect(CHOICE_FILTERS.map((filter) => found[filter].values)).toEqual([[], [], [], [], []]);
  });
});

describe('a glance', () => {
  const PATHS = ['/estimate', '/preview', '/choices'];

  test.each(PATHS)('%s at messages is for those who may read them', async (path) => {
    const { settingsFile } = lakeLayout(folder, 'acme');
    const before = await readFile(settingsFile);
    await writeFile(settingsFile, '{"messagesRoles": ["administrator"]}');
    const response = await ask(path, { report: 'ai-sessions-detail-with-messages' });
    await writeFile(settingsFile, before);
    expect(response.status).toBe(403);
  });

  test.each(PATHS)('%s of a wrong request is refused', async (path) => {
    expect((await ask(path, { parameters: { from: 'x' } })).status).toBe(400);
  });

  test.each(PATHS)('%s of an organisation that is not there is 404', async (path) => {
    const caller = { ...ANALYST, organisation: 'nobody' };
    expect((await ask(path, { caller })).status).toBe(404);
  });

  test.each([
    ['once', 1, 2],
    ['again and again', Number.POSITIVE_INFINITY, undefined],
  ])('at a day that an ingest replaces meanwhile %s', async (_, times, attempts) => {
    const day = lakeLayout(folder, 'changing').sessionsFile('2026-07-15');
    const content = await readFile(day);
    const organisation = await service.opened('changing');
    let looked = 0;
    const looking = openLooks()(
      organisation,
      resolved('ai-sessions-detail'),
      asker(),
      async (look) => {
        looked += 1;
        const { rows } = await firstRows(look, 3);
        if (looked <= times) {
          await writeFile(`${day}.new`, content);
          await rename(`${day}.new`, day);
        }
        return rows.length;
      },
    );
    if (attempts === undefined) {
      await expect(looking).rejects.toMatchObject({ problem: { kind: 'data-changed' } });
    } else {
      expect([await looking, looked]).toEqual([3, attempts]);
    }
  });

  test.each(PATHS)('%s whose asker has gone is no refusal', async (path) => {
    const before = await eventCount();
    const response = await ask(path, { gone: AbortSignal.abort() });
    expect(await problemKind(response)).toBe('run-cancelled');
    expect(await eventCount()).toBe(before);
  });

  test('one too many of a caller is refused, and another caller is let in', async () => {
    const organisation = await service.opened('acme');
    const looks = openLooks();
    const held = Promise.withResolvers<void>();
    const run = resolved('ai-guides');
    const mine = Array.from({ length: 11 }, () =>
      looks(organisation, run, asker(), () => held.promise),
    );
    await expect(looks(organisation, run, asker(), () => held.promise)).rejects.toMatchObject({
      problem: { kind: 'too-many-runs' },
    });
    const other = { ...asker(), subject: 'bo@acme.example' };
    const theirs = looks(organisation, run, other, async () => 'seen');
    held.resolve();
    expect(await theirs).toBe('seen');
    await Promise.all(mine);
  });

  test('whose asker goes away is interrupted, and the next has its turn', async () => {
    const organisation = await service.opened('acme');
    const looks = openLooks();
    const gone = new AbortController();
    const files = { sessionFiles: [], transcriptFiles: [], mergeFiles: [] };
    const endless = looks(organisation, resolved('ai-guides'), asker(gone.signal), (look) => {
      const reading = look.read(files, {
        query: 'select sum(i) from range(1e13::bigint) as r(i)',
        values: {},
      });
      setImmediate(() => gone.abort());
      return reading;
    });
    const next = looks(organisation, resolved('ai-guides'), asker(), (look) => estimate(look));
    await expect(endless).rejects.toMatchObject({ problem: { kind: 'run-cancelled' } });
    expect((await next).sessions).toBeGreaterThan(0);
  });
});
