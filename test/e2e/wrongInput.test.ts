// Whatever is wrong is refused with its status and problem type, and nothing runs (SPEC 3.6, 5):
// through the edge in workerd and the real service.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { startEdgeBefore } from './support/edge.ts';
import { bearer, claims } from './support/tokens.ts';

const SAMPLE = { sessions: 300, days: 4, seed: 1, transcripts: true, until: '2026-07-31' };
const RANGE = { from: '2026-07-29', to: '2026-07-31' };
const DETAIL = 'ai-sessions-detail';
const WITH_MESSAGES = 'ai-sessions-detail-with-messages';

const ORGANISATIONS = ['acme', 'globex', 'strict'];

let folder: string;
let edge: EdgeProcess;
let analytics: Analytics;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  await makeSample({ ...SAMPLE, layout: lakeLayout(dataDir, 'acme') });
  await makeSample({ ...SAMPLE, seed: 2, layout: lakeLayout(dataDir, 'globex') });
  await cp(join(dataDir, 'acme'), join(dataDir, 'strict'), { recursive: true });
  const { settingsFile } = lakeLayout(dataDir, 'strict');
  const settings = JSON.parse(await readFile(settingsFile, 'utf8'));
  await writeFile(settingsFile, JSON.stringify({ ...settings, messagesRoles: ['team_manager'] }));

  const { privateKey, publicKeys } = await makeSigningKeys();
  const port = await freePort();
  analytics = await startAnalytics({ dataDir, temp: folder, port, publicKeys });
  edge = await startEdgeBefore(port, privateKey);
  // Whose lake is open has a part in the spool; from now on a change there means that something ran.
  for (const org of ORGANISATIONS) await (await ask({ headers: await bearer({ org }) })).text();
  await vi.waitFor(() => expect(runEvents()).toHaveLength(ORGANISATIONS.length));
});

afterAll(async () => {
  await edge.stop();
  await analytics.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  readonly report?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask({ report = DETAIL, parameters = {}, headers }: Asked): Promise<Response> {
  const query = new URLSearchParams({ ...RANGE, ...parameters }).toString();
  return fetch(`${edge.url}/reports/${report}.csv?${query}`, {
    headers: headers ?? (await bearer()),
  });
}

const runEvents = () => analytics.log.filter(({ event }) => event === 'download');
const dataOf = (organisation: string, report = DETAIL) =>
  runBytes(lakeLayout(join(folder, 'data'), organisation), readRun(report, RANGE));

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
const unsigned = async () => ({
  Authorization: `Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims())}.`,
});
const signedWith = async (secret: string) => {
  const jwt = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' });
  return { Authorization: `Bearer ${await jwt.sign(new TextEncoder().encode(secret))}` };
};

describe('refused, and nothing runs', () => {
  let eventsBefore: number;
  let spoolBefore: string[];

  beforeEach(async () => {
    eventsBefore = runEvents().length;
    spoolBefore = await analytics.spooled();
  });

  async function expectRefused(response: Response, status: number, kind: string): Promise<void> {
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({
      type: `urn:ai-sessions:problem:${kind}`,
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(response.status).toBe(status);
    expect(await analytics.spooled()).toEqual(spoolBefore);
    expect(runEvents()).toHaveLength(eventsBefore);
  }

  test.each<[string, Asked, number, string]>([
    ['an unknown report', { report: 'ai-sessions' }, 404, 'unknown-report'],
    ['a date that is none', { parameters: { from: '2026-02-30' } }, 400, 'invalid-run'],
    ['an unknown zone', { parameters: { timezone: 'America/Atlantis' } }, 400, 'invalid-run'],
    ['from after to', { parameters: { from: '2026-08-01' } }, 400, 'invalid-run'],
    ['an unknown parameter', { parameters: { colour: 'red' } }, 400, 'invalid-run'],
    ['an organisation as org', { parameters: { org: 'globex' } }, 400, 'invalid-run'],
    ['one as organisation', { parameters: { organisation: 'globex' } }, 400, 'invalid-run'],
    ['no token', { headers: {} }, 401, 'unauthenticated'],
    [
      'a token of another scheme',
      { headers: { Authorization: 'Basic YTpi' } },
      401,
      'unauthenticated',
    ],
  ])('%s', async (_, asked, status, kind) => {
    await expectRefused(await ask(asked), status, kind);
  });

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['expired', () => bearer({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['for another audience', () => bearer({ aud: 'another-service' })],
    ['of another issuer', () => bearer({ iss: 'https://issuer.example.evil' })],
    ['unsigned, alg: none', unsigned],
    ['signed with another secret', () => signedWith('another secret, of more than 32 bytes')],
    ['of an organisation above the data', () => bearer({ org: '../data/globex' })],
    ['of no organisation', () => bearer({ org: undefined })],
  ])('a token that is %s', async (_, headers) => {
    const response = await ask({ headers: await headers() });
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    await expectRefused(response, 401, 'unauthenticated');
  });

  test.each([['agent'], ['Analyst'], ['developer']])('the role %s', async (role) => {
    const headers = await bearer({ roles: [role] });
    await expectRefused(await ask({ headers }), 403, 'forbidden');
  });

  test('an organisation without a lake', async () => {
    const headers = await bearer({ org: 'initech' });
    await expectRefused(await ask({ headers }), 404, 'unknown-organisation');
  });

  test('messages, for a role that the organisation does not permit to read them', async () => {
    const headers = await bearer({ org: 'strict' });
    await expectRefused(await ask({ report: WITH_MESSAGES, headers }), 403, 'forbidden');
  });

  test('every fault at once, as a page for a browser that runs nothing that was sent', async () => {
    const parameters = { from: '2026-02-30', '<script>alert(1)</script>': '<b>' };
    const headers = { ...(await bearer()), Accept: 'text/html' };
    const response = await ask({ parameters, headers });
    expect(response.status).toBe(400);
    expect(response.headers.get('Content-Type')).toMatch('text/html');
    const page = await response.text();
    expect(page).toMatch('must be a date that exists');
    expect(page).toMatch('is not a parameter');
    expect(page).not.toMatch(/<script>alert|<b>/);
    expect(runEvents()).toHaveLength(eventsBefore);
  });
});

describe('answered, with the caller’s own data alone', () => {
  test('whatever organisation the headers name', async () => {
    const smuggled = ['X-Org', 'X-Organisation', 'X-Tenant', 'X-Caller', 'Cookie'];
    const headers = Object.fromEntries(smuggled.map((name) => [name, 'globex']));
    const response = await ask({ headers: { ...headers, ...(await bearer()) } });
    expect(Buffer.from(await response.arrayBuffer()).equals(await dataOf('acme'))).toBe(true);
  });

  test('each organisation’s token gets that organisation’s data', async () => {
    const response = await ask({ headers: await bearer({ org: 'globex' }) });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(await dataOf('globex'))).toBe(true);
    expect(bytes.equals(await dataOf('acme'))).toBe(false);
  });

  test('messages too, for a role that the organisation permits to read them', async () => {
    const headers = await bearer({ org: 'strict', roles: ['analyst', 'team_manager'] });
    const response = await ask({ report: WITH_MESSAGES, headers });
    const expected = await dataOf('strict', WITH_MESSAGES);
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
  });

  test('with one event each in the service’s log', async () => {
    const before = runEvents().length;
    const spoolBefore = await analytics.spooled();
    await (await ask({ parameters: { grouping: 'day' } })).text();
    await vi.waitFor(() => expect(runEvents()).toHaveLength(before + 1));
    expect(runEvents().at(-1)).toMatchObject({ organisation: 'acme', end: 'complete' });
    expect(await analytics.spooled()).not.toEqual(spoolBefore);
  });
});
