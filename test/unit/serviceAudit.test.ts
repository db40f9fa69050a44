// Every Run, download and refusal leaves one audit event (SPEC 5), before the first byte leaves; and what
// must be nowhere is neither in it nor in the log.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { verifyTrail } from '../../analytics/audit/verify.ts';
import { jsonLog } from '../../analytics/http/log.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { ANALYST } from '../e2e/support/assertions.ts';
import { damageData } from '../e2e/support/damage.ts';
import { type Asked, openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';

const NOW = new Date('2026-08-01T12:00:00Z');
const SAMPLE = { sessions: 400, days: 6, seed: 1, transcripts: true, until: '2026-07-31' };
const CLIENT = { address: '203.0.113.7', userAgent: 'curl/8.5.0' };
const ADMINISTRATOR = { ...ANALYST, subject: 'ada@acme.example', roles: ['administrator'] };

const RUN = {
  report: 'ai-sessions-detail',
  parameters: { from: '2026-07-28', to: '2026-07-31', customerId: ['cust-1', 'cust-2'] },
};
const ALL = { ...RUN, parameters: { from: '2026-07-28', to: '2026-07-31' } };
const WITH_MESSAGES = { ...ALL, report: 'ai-sessions-detail-with-messages' };

let folder: string;
let service: ServiceApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'damaged') });
  await damageData(lakeLayout(folder, 'damaged').sessionsFile('2026-07-30'));
});

beforeEach(async () => {
  service = await openServiceApp(folder, NOW);
});

afterEach(async () => {
  await service.close();
  await rm(join(folder, '.audit'), { recursive: true, force: true });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

type Line = Readonly<Record<string, unknown>>;

async function lines(organisation = 'acme'): Promise<Line[]> {
  const text = await readFile(trailFiles(join(folder, '.audit'), organisation).events, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ask = (asked: Asked, caller: Caller = ANALYST) =>
  service.askAs(caller, { client: CLIENT, ...asked });

const download = (run: unknown = ALL, headers: Record<string, string> = {}) =>
  ask({ body: JSON.stringify(run), headers });

const get = (path: string, caller: Caller = ANALYST) => ask({ method: 'GET', path }, caller);

async function audit(query = '', caller: Caller = ADMINISTRATOR) {
  const response = await get(`/audit${query}`, caller);
  expect(response.status).toBe(200);
  return parse<Record<string, string>>(await response.text(), { columns: true });
}

const begin = (run: unknown) => ask({ path: '/api/runs', body: JSON.stringify(run) });

const WHO = { ...ANALYST, client: CLIENT, request: 'request-7' };

describe('a download', () => {
  test('has begun on disk when its response is there, and ends with its rows and bytes', async () => {
    const response = await download(RUN, { 'X-Request-Id': 'request-7' });
    const begun = await lines();
    expect(begun).toEqual([
      expect.objectContaining({
        ...WHO,
        event: 'download',
        report: RUN.report,
        parameters: expect.objectContaining({
          ...RUN.parameters,
          timezone: 'America/Los_Angeles',
          format: 'csv',
        }),
        withMessages: false,
        run: response.headers.get('X-Run-Id'),
        time: NOW.toISOString(),
      }),
    ]);
    expect(begun[0]).not.toHaveProperty('end');
    const bytes = Buffer.byteLength(await response.text());
    await service.underWay.ended();
    expect((await lines()).slice(1)).toEqual([
      expect.objectContaining({
        id: begun[0]?.['id'],
        end: 'complete',
        status: 200,
        rows: 0,
        bytes,
      }),
    ]);
  });

  test('says how many rows there were, and that there were messages', async () => {
    const rows = parse(await (await download(WITH_MESSAGES)).text(), { columns: true }).length;
    expect(rows).toBeGreaterThan(100);
    await service.underWay.ended();
    expect(await lines()).toEqual([
      expect.objectContaining({ withMessages: true }),
      expect.objectContaining({ end: 'complete', rows }),
    ]);
  });

  test('that the client leaves is cancelled', async () => {
    await (await download()).body?.cancel();
    await service.underWay.ended();
    expect((await lines())[1]).toMatchObject({ end: 'cancelled' });
  });

  test('that breaks off has failed', async () => {
    const caller = { ...ANALYST, organisation: 'damaged' };
    const response = await ask({ body: JSON.stringify(ALL) }, caller);
    await expect(response.text()).rejects.toThrow();
    await service.underWay.ended();
    expect((await lines('damaged'))[1]).toMatchObject({ end: 'failed', status: 200 });
  });

  test('of a part says which, and of nothing new says so', async () => {
    const whole = await download();
    await whole.body?.cancel();
    const tag = whole.headers.get('ETag') ?? '';
    await (await download(ALL, { Range: 'bytes=10-19', 'If-Range': tag })).text();
    expect((await download(ALL, { 'If-None-Match': tag })).status).toBe(304);
    const large = { Range: 'bytes=99999999-', 'If-Range': tag };
    expect((await download(ALL, large)).status).toBe(416);
    await service.underWay.ended();
    const ends = (await lines()).filter((line) => 'end' in line);
    const range = expect.stringMatching(/^bytes 10-19\/\d+$/);
    expect(ends).toContainEqual(expect.objectContaining({ status: 206, bytes: 10, range }));
    expect(ends).toContainEqual(
      expect.objectContaining({ status: 304, end: 'complete', rows: 0, bytes: 0 }),
    );
    expect(ends).toContainEqual(
      expect.objectContaining({ status: 416, end: 'refused', problem: 'range-not-satisfiable' }),
    );
    expect(ends).toHaveLength(4);
  });

  test('does not happen when the audit cannot be written', async () => {
    await mkdir(join(folder, '.audit'));
    await writeFile(join(folder, '.audit', 'acme'), 'in the way');
    const response = await download();
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('Session ID');
    expect(service.log).toHaveBeenCalledWith(expect.objectContaining({ event: 'error' }));
  });
});

describe('a Run', () => {
  test('leaves an event with what became of it', async () => {
    const { id } = (await (await begin(RUN)).json()) as { id: string };
    await service.underWay.ended();
    expect(await lines()).toEqual([
      expect.objectContaining({ event: 'run', run: id, report: RUN.report, client: CLIENT }),
      expect.objectContaining({ end: 'complete', rows: 0, bytes: expect.any(Number) }),
    ]);
    expect((await get(`/api/runs/${id}`)).status).toBe(200);
    expect(await lines()).toHaveLength(2);
  });
});

describe('a refusal', () => {
  test.each<[string, Asked, Partial<Caller>, object]>([
    ['of a role', {}, { roles: ['agent'] }, { status: 403, problem: 'forbidden' }],
    ['of no Run', { body: '{}' }, {}, { status: 400, problem: 'invalid-run' }],
    [
      'of a report',
      { body: JSON.stringify({ ...RUN, report: 'no-such' }) },
      {},
      { status: 404, problem: 'unknown-report' },
    ],
    [
      'of a Run that is not there',
      { method: 'GET', path: `/api/runs/${'0'.repeat(40)}/download` },
      {},
      { status: 404, problem: 'unknown-run' },
    ],
    ['of an address', { method: 'GET', path: '/x' }, {}, { status: 404, problem: 'not-found' }],
    [
      'of the audit',
      { method: 'GET', path: '/audit' },
      { roles: ['team_manager'] },
      { status: 403, problem: 'forbidden' },
    ],
    [
      'of a parameter of the audit',
      { method: 'GET', path: '/audit?form=2026-08-01' },
      { roles: ['administrator'] },
      { status: 400, problem: 'invalid-run' },
    ],
  ])('%s leaves one event', async (_, asked, changes, outcome) => {
    const caller = { ...ANALYST, ...changes };
    const response = await ask({ headers: { 'X-Request-Id': 'request-7' }, ...asked }, caller);
    expect(outcome).toMatchObject({ status: response.status });
    expect(await lines()).toEqual([
      expect.objectContaining({ ...WHO, ...caller, event: 'refusal', end: 'refused', ...outcome }),
    ]);
  });

  test('of messages says which report, for what', async () => {
    const { settingsFile } = lakeLayout(folder, 'acme');
    const before = await readFile(settingsFile, 'utf8');
    const settings = { ...JSON.parse(before), messagesRoles: ['administrator'] };
    await writeFile(settingsFile, JSON.stringify(settings));
    expect((await download(WITH_MESSAGES)).status).toBe(403);
    await writeFile(settingsFile, before);
    expect(await lines()).toEqual([
      expect.objectContaining({
        event: 'refusal',
        end: 'refused',
        report: WITH_MESSAGES.report,
        withMessages: true,
        parameters: expect.objectContaining(WITH_MESSAGES.parameters),
      }),
    ]);
  });

  test('of one download too many says which report, for what', async () => {
    const asked = { path: '/api-download', body: JSON.stringify(RUN) };
    const begun = [await ask(asked), await ask(asked)];
    expect((await ask(asked)).status).toBe(429);
    for (const { body } of begun) await body?.cancel();
    await service.underWay.ended();
    expect(await lines()).toContainEqual(
      expect.objectContaining({
        event: 'refusal',
        problem: 'rate-limited',
        report: RUN.report,
        parameters: expect.objectContaining(RUN.parameters),
      }),
    );
  });

  test('stays one, and is logged, when the audit cannot be written', async () => {
    await mkdir(join(folder, '.audit'));
    await writeFile(join(folder, '.audit', 'acme'), 'in the way');
    expect((await ask({}, { ...ANALYST, roles: [] })).status).toBe(403);
    expect(service.log.mock.calls).toEqual([
      [expect.objectContaining({ event: 'error', during: 'audit', status: 403 })],
    ]);
  });

  test('by the edge is told by it, for whoever it was', async () => {
    const refusal = { status: 404, problem: 'unknown-report' };
    const asked = { path: '/refusals', body: JSON.stringify(refusal) };
    expect((await ask(asked, { ...ANALYST, roles: [] })).status).toBe(204);
    expect(await lines()).toEqual([
      expect.objectContaining({
        ...ANALYST,
        roles: [],
        event: 'refusal',
        end: 'refused',
        ...refusal,
      }),
    ]);
  });

  test.each(['', '{}', '{"status":200}', '{"status":403,"problem":"<b>"}'])(
    'by the edge that is none is refused itself: %s',
    async (body) => {
      expect((await ask({ path: '/refusals', body })).status).toBe(400);
      expect(await lines()).toEqual([expect.objectContaining({ problem: 'invalid-run' })]);
    },
  );
});

describe('the audit as a report', () => {
  test('has a row for each event, and for its own reading', async () => {
    await (await download()).text();
    await ask({}, { ...ANALYST, roles: [] });
    const rows = await audit();
    expect(rows).toEqual([
      expect.objectContaining({ Event: 'download', End: 'complete', Address: CLIENT.address }),
      expect.objectContaining({ Event: 'refusal', End: 'refused', Status: '403' }),
      expect.objectContaining({ Event: 'audit', End: 'running', Subject: ADMINISTRATOR.subject }),
    ]);
    expect(JSON.parse(rows[0]?.['Parameters'] ?? '')).toMatchObject(ALL.parameters);
    await service.underWay.ended();
    expect((await audit()).at(-2)).toMatchObject({ Event: 'audit', End: 'complete' });
    const verified = await verifyTrail(service.audit.directory, 'acme');
    expect(verified).toMatchObject({ fault: undefined, isTorn: false });
  });

  test('is filtered', async () => {
    await (await download()).text();
    expect(await audit('?subject=bo%40acme.example')).toEqual([]);
    expect(await audit(`?from=2026-08-01&to=2026-08-01&subject=${ANALYST.subject}`)).toHaveLength(
      1,
    );
    expect(await audit(`?to=2026-07-31`)).toEqual([]);
  });

  test('is the organisation’s own', async () => {
    await (await download()).text();
    const other = { ...ADMINISTRATOR, organisation: 'globex' };
    const rows = await audit('', other);
    expect(rows).toEqual([expect.objectContaining({ Event: 'audit', Organisation: 'globex' })]);
  });

  test('is not read by looking at its headers', async () => {
    const head = await ask({ method: 'HEAD', path: '/audit' }, ADMINISTRATOR);
    expect(head.status).toBe(200);
    await (await download()).text();
    expect(await lines()).not.toContainEqual(expect.objectContaining({ event: 'audit' }));
  });
});

test('no message text, token or secret is in the audit or the log, and no filter in the log', async () => {
  const messages = parse<Record<string, string>>(await (await download(WITH_MESSAGES)).text(), {
    columns: true,
  })
    .flatMap((row) => (row['Message History'] ?? '').split('\n'))
    .flatMap((line) => /(?:Customer|Gladly AI): (.{20,})/.exec(line)?.[1] ?? []);
  expect(messages.length).toBeGreaterThan(50);

  const SECRET = 'sk-marker-secret';
  const CUSTOMER = 'customer-marker';
  const filtered = { ...ALL, parameters: { ...ALL.parameters, customerId: [CUSTOMER] } };
  await (await download(filtered)).text();
  await download({ ...ALL, parameters: { ...ALL.parameters, token: SECRET, from: SECRET } });
  await download({ ...ALL, report: SECRET });
  await ask({ body: SECRET });
  await get(`/audit?subject=x&token=${SECRET}`, ADMINISTRATOR);
  await get(`/${SECRET}?key=${SECRET}`);
  const asked = { body: JSON.stringify(ALL), headers: { Authorization: `Bearer ${SECRET}` } };
  expect((await service.ask(asked)).status).toBe(401);
  const cookies = { Cookie: SECRET, 'X-Api-Key': SECRET };
  await (await download(ALL, cookies)).text();
  const damaged = { ...ANALYST, organisation: 'damaged' };
  await ask({ body: JSON.stringify(WITH_MESSAGES) }, damaged).then((response) =>
    response.text().catch(() => ''),
  );
  await service.underWay.ended();

  const logged: string[] = [];
  const log = jsonLog('debug', () => NOW, { write: (line) => logged.push(line) });
  const entries = [...service.log.mock.calls, ...service.answered.mock.calls].flat();
  for (const entry of entries) log(entry);
  const audited = JSON.stringify([await lines(), await lines('damaged')]);
  const all = logged.join('') + audited;
  expect(logged).toHaveLength(entries.length);
  expect(logged.length).toBeGreaterThan(10);
  for (const text of [SECRET, 'Bearer', 'eyJ', ...messages]) expect(all).not.toContain(text);
  expect(audited).toContain(CUSTOMER);
  expect(logged.join('')).not.toContain(CUSTOMER);
});
