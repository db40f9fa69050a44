// The analytics service trusts the edge's assertion and nothing else (DESIGN 5): whatever is not
// asserted, or is no Run, is refused as a problem before anything runs.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { requestHash } from '../../sql/contract/assertion.ts';
import { ANALYST, asserted } from '../e2e/support/assertions.ts';
import { type Asked, openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';

const NOW = new Date('2026-08-01T12:00:00Z');
const NOW_SECONDS = NOW.getTime() / 1000;
const SAMPLE = { sessions: 200, days: 3, seed: 1, transcripts: true, until: '2026-07-31' };

const RUN = {
  report: 'ai-sessions-detail',
  parameters: { from: '2026-07-30', to: '2026-07-31' },
};

let folder: string;
let service: ServiceApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  await makeSample({ ...SAMPLE, seed: 2, layout: lakeLayout(folder, 'globex') });
  service = await openServiceApp(folder, NOW);
});

beforeEach(() => {
  vi.clearAllMocks();
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

const ask = (headers: Record<string, string>, asked: Asked = {}) =>
  service.ask({ body: JSON.stringify(RUN), ...asked, headers });

async function expectRefused(response: Response, status: number, kind: string): Promise<void> {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ type: `urn:ai-sessions:problem:${kind}`, status });
  expect(response.status).toBe(status);
  expect(service.rendered).not.toHaveBeenCalled();
  expect(service.log).not.toHaveBeenCalledWith(expect.objectContaining({ event: 'run' }));
}

interface Token {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: { readonly alg?: string; readonly kid?: string };
  readonly signedWith?: CryptoKey | Uint8Array;
}

/** The assertion that the edge would make for RUN, but for what is changed. */
async function assertion({ claims = {}, header = {}, signedWith }: Token): Promise<string> {
  const good = {
    iss: 'ai-sessions-edge',
    aud: 'ai-sessions-analytics',
    iat: NOW_SECONDS,
    exp: NOW_SECONDS + 60,
    caller: ANALYST,
    request: await requestHash('POST', '/download', JSON.stringify(RUN)),
  };
  return new SignJWT(JSON.parse(JSON.stringify({ ...good, ...claims })))
    .setProtectedHeader({ alg: 'EdDSA', kid: service.key.kid, ...header })
    .sign(signedWith ?? service.key.privateKey);
}

const bearer = async (token: Token) => ({ Authorization: `Bearer ${await assertion(token)}` });

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

async function unsigned(): Promise<string> {
  const [, claims] = (await assertion({})).split('.');
  return `${encode({ alg: 'none', kid: service.key.kid })}.${claims}.`;
}

async function tampered(): Promise<string> {
  const [header, claims = '', signature] = (await assertion({})).split('.');
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const caller = { ...ANALYST, organisation: 'globex' };
  return `${header}.${encode({ ...said, caller })}.${signature}`;
}

async function signedByAnother(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA');
  return assertion({ signedWith: privateKey });
}

/** The public key is no secret: whoever has it must not be able to sign with it. */
function signedWithThePublicKey(): Promise<string> {
  const [publicKey] = service.publicKeys;
  const signedWith = new TextEncoder().encode(JSON.stringify(publicKey));
  return assertion({ header: { alg: 'HS256' }, signedWith });
}

const callerWith = (changes: object) => ({ claims: { caller: { ...ANALYST, ...changes } } });

describe('the service refuses what the edge has not asserted', () => {
  test('but answers the same request with the edge’s assertion', async () => {
    const response = await ask(await bearer({}));
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^Session ID,/);
  });

  test.each<[string, Record<string, string>]>([
    ['no assertion', {}],
    ['an empty one', { Authorization: 'Bearer ' }],
    ['no token', { Authorization: 'Bearer acme' }],
    ['another scheme', { Authorization: `Basic ${btoa('ana:secret')}` }],
    ['a caller in headers', { 'X-Caller': JSON.stringify(ANALYST), 'X-Organisation': 'acme' }],
  ])('with %s', async (_, headers) => {
    await expectRefused(await ask(headers), 401, 'unauthenticated');
    expect(service.opened).not.toHaveBeenCalled();
  });

  test.each<[string, () => Promise<string>]>([
    ['unsigned, alg: none', unsigned],
    ['changed after signing', tampered],
    ['signed by another key under the same kid', signedByAnother],
    ['signed with the public key as a secret', signedWithThePublicKey],
  ])('with an assertion that is %s', async (_, makeToken) => {
    const headers = { Authorization: `Bearer ${await makeToken()}` };
    await expectRefused(await ask(headers), 401, 'unauthenticated');
    expect(service.opened).not.toHaveBeenCalled();
  });

  test.each<[string, Token]>([
    ['another kid', { header: { kid: 'edge-0' } }],
    ['expired', { claims: { iat: NOW_SECONDS - 66, exp: NOW_SECONDS - 6 } }],
    ['old, though it says that it is good for long', { claims: { iat: NOW_SECONDS - 66 } }],
    ['without an expiry', { claims: { exp: undefined } }],
    ['without an age', { claims: { iat: undefined } }],
    ['from the future', { claims: { iat: NOW_SECONDS + 6 } }],
    ['of another issuer', { claims: { iss: 'https://issuer.example' } }],
    ['for another audience', { claims: { aud: 'ai-sessions' } }],
    ['without an audience', { claims: { aud: undefined } }],
    ['for no request', { claims: { request: undefined } }],
    ['with a request of another kind', { claims: { request: ['*'] } }],
    ['without a caller', { claims: { caller: undefined } }],
    ['with a caller that is a name', { claims: { caller: 'acme' } }],
    ['with a caller of no subject', callerWith({ subject: undefined })],
    ['with roles that are no list', callerWith({ roles: 'administrator' })],
    ['without an organisation', callerWith({ organisation: undefined })],
    ['with an organisation above the data', callerWith({ organisation: '..' })],
    ['with the data directory for an organisation', callerWith({ organisation: '.' })],
    ['with an organisation beside another', callerWith({ organisation: 'acme/../globex' })],
    ['with an organisation behind a path', callerWith({ organisation: '../acme' })],
    ['with an organisation of any name', callerWith({ organisation: '*' })],
    ['with an empty organisation', callerWith({ organisation: '' })],
  ])('with an assertion %s', async (_, token) => {
    await expectRefused(await ask(await bearer(token)), 401, 'unauthenticated');
    expect(service.opened).not.toHaveBeenCalled();
    const { Authorization } = await bearer(token);
    expect(JSON.stringify(service.log.mock.calls)).not.toContain(
      Authorization.slice('Bearer '.length),
    );
  });

  test.each<[string, Asked]>([
    ['another body', { body: JSON.stringify({ ...RUN, report: `${RUN.report}-with-messages` }) }],
    ['another query', { path: '/download?organisation=globex' }],
    ['another path', { path: '/organisation' }],
    ['another method', { method: 'PUT' }],
  ])('with an assertion for %s', async (_, asked) => {
    await expectRefused(await ask(await bearer({}), asked), 401, 'unauthenticated');
    expect(service.opened).not.toHaveBeenCalled();
    expect(service.answered).toHaveBeenCalledWith(
      expect.objectContaining({ reason: 'an assertion for another request' }),
    );
  });

  test.each([
    ['behind', { iat: NOW_SECONDS + 4 }],
    ['ahead', { iat: NOW_SECONDS - 64, exp: NOW_SECONDS - 4 }],
  ])('though its clock may be 5 seconds %s', async (_, claims) => {
    expect(await (await ask(await bearer({ claims }))).text()).toMatch(/^Session ID,/);
  });

  test('but for health checks', async () => {
    expect((await ask({}, { method: 'GET', path: '/healthz', body: '' })).status).toBe(200);
  });
});

describe('the service decides again what the edge decided', () => {
  test.each([
    ['no role', []],
    ['another role', ['agent']],
    ['a role in another spelling', ['Administrator', 'analyst ']],
  ])('a caller with %s is refused', async (_, roles) => {
    await expectRefused(await service.download(RUN, { ...ANALYST, roles }), 403, 'forbidden');
    expect(service.opened).not.toHaveBeenCalled();
  });

  test.each([
    ['no body', ''],
    ['no JSON', '{"report": '],
    ['a form', 'report=ai-sessions-detail'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"ai-sessions-detail"'],
    ['no report', '{"parameters": {}}'],
    ['no parameters', '{"report": "ai-sessions-detail"}'],
    ['a report that is no name', '{"report": ["ai-sessions-detail"], "parameters": {}}'],
    ['parameters that are a query', '{"report": "ai-sessions-detail", "parameters": "from=x"}'],
  ])('a body that is no Run is refused: %s', async (_, body) => {
    await expectRefused(await service.askAs(ANALYST, { body }), 400, 'invalid-run');
    expect(service.opened).not.toHaveBeenCalled();
  });

  test.each([['ai-sessions'], ['__proto__'], ['toString'], ['../ai_sessions_detail'], ['']])(
    'an unknown report is refused: "%s"',
    async (report) => {
      await expectRefused(await service.download({ ...RUN, report }), 404, 'unknown-report');
    },
  );

  test.each<[string, string, unknown]>([
    ['a date that does not exist', 'from', '2026-02-30'],
    ['a date with SQL behind it', 'to', "2026-07-31' or true --"],
    ['a number for a date', 'from', 20260701],
    ['an unknown zone', 'timezone', 'America/Atlantis'],
    ['SQL for a zone', 'timezone', "UTC'); drop view sessions; --"],
    ['an offset for a zone', 'timezone', '+02:00'],
    ['SQL for a grouping', 'grouping', "none' --"],
    ['SQL for a week start', 'weekStart', "monday'"],
    ['SQL for columns', 'columns', "extended' --"],
    ['SQL for dates', 'dates', "iso' --"],
    ['SQL for the formula guard', 'formulaGuard', 'true) --'],
    ['SQL for the state of recontact', 'recontacted', "true' or true"],
    ['a path for a format', 'format', '../../x'],
    ['a text where a list belongs', 'channel', 'CHAT'],
    ['an object in a list', 'channel', [{ $ne: '' }]],
    ['an empty list', 'channel', []],
    ['too many values', 'channel', Array.from({ length: 101 }, (__, index) => `C${index}`)],
    ['a value too long', 'customerId', ['x'.repeat(201)]],
    ['a parameter of another report', 'messages', 'json'],
    ['an organisation', 'organisation', 'globex'],
    ['a file', 'session_files', ['/etc/passwd']],
  ])('a parameter smuggled past the edge is refused: %s', async (_, name, value) => {
    const parameters = { ...RUN.parameters, [name]: value };
    const response = await service.download({ ...RUN, parameters });
    expect(await response.clone().json()).toMatchObject({ errors: [{ parameter: name }] });
    await expectRefused(response, 400, 'invalid-run');
    expect(service.opened).not.toHaveBeenCalled();
  });

  test('a range that only the organisation’s defaults complete is checked too', async () => {
    const response = await service.download({ ...RUN, parameters: { from: '2026-09-01' } });
    await expectRefused(response, 400, 'invalid-run');
  });

  test.each([
    ['sent whole', (body: string) => ({ body, headers: { 'Content-Length': `${body.length}` } })],
    ['sent in chunks', (body: string) => ({ body, headers: {} })],
  ])('a body too large to be a Run is refused: %s', async (_, make) => {
    const large = JSON.stringify({ ...RUN, padding: 'x'.repeat(1024 * 1024) });
    const { body, headers } = make(large);
    const all = {
      ...headers,
      ...(await asserted(service.key, ['POST', '/download', body], ANALYST, NOW)),
    };
    await expectRefused(await ask(all, { body }), 413, 'body-too-large');
    expect(service.opened).not.toHaveBeenCalled();
    expect(service.answered.mock.calls).toEqual([
      [expect.objectContaining({ status: 413, problem: 'body-too-large' })],
    ]);
  });

  test('an address that there is not is refused', async () => {
    const asked = { method: 'GET', path: '/lake/acme/org.json', body: '' };
    await expectRefused(await service.askAs(ANALYST, asked), 404, 'not-found');
    const get = { method: 'GET', path: '/download', body: '' };
    await expectRefused(await service.askAs(ANALYST, get), 404, 'not-found');
  });
});

describe('the service keeps organisations apart', () => {
  const ofGlobex = { ...ANALYST, organisation: 'globex' };

  test('everyone gets their own data, whatever the body says beside the Run', async () => {
    const acme = await (await service.download(RUN)).text();
    const globex = await (await service.download(RUN, ofGlobex)).text();
    expect(acme.split('\n').length).toBeGreaterThan(100);
    expect(globex).not.toBe(acme);
    const claiming = await service.download(
      { ...RUN, organisation: 'acme', caller: ANALYST },
      ofGlobex,
    );
    expect(await claiming.text()).toBe(globex);
  });

  test('everyone gets their own profile', async () => {
    const asked = { method: 'GET', path: '/organisation', body: '' };
    expect(await (await service.askAs(ofGlobex, asked)).json()).toMatchObject({
      organisation: 'globex',
    });
  });

  test.each(['initech', 'sample', 'spool'])(
    'an organisation without a lake gets nothing: "%s"',
    async (organisation) => {
      const caller = { ...ANALYST, organisation };
      await expectRefused(await service.download(RUN, caller), 404, 'unknown-organisation');
      const asked = { method: 'GET', path: '/organisation', body: '' };
      await expectRefused(await service.askAs(caller, asked), 404, 'unknown-organisation');
    },
  );
});

describe('text in filters is text', () => {
  const SQL = [
    "') --",
    "') or true --",
    "'; drop view sessions; --",
    "' union select * from read_csv('/etc/passwd') --",
    '$from_date',
    "getvariable('lake')",
    '%',
    '\u0000',
  ];
  const NOTHING = [expect.stringMatching(/^Session ID,/), ''];

  test.each([
    ['channel'],
    ['agent'],
    ['guide'],
    ['handoffCategory'],
    ['handoffSubcategory'],
    ['customerId'],
    ['conversationId'],
    ['sessionId'],
  ])('SQL in %s finds nothing and breaks nothing', async (filter) => {
    expect(await filtered(filter, SQL)).toEqual(NOTHING);
    expect((await filtered('channel', [...SQL, 'CHAT'])).length).toBeGreaterThan(10);
  });
});

/** Lines of the Run with a filter. */
async function filtered(filter: string, values: readonly string[]): Promise<string[]> {
  const parameters = { ...RUN.parameters, [filter]: values };
  return (await (await service.download({ ...RUN, parameters })).text()).split('\n');
}

describe('messages', () => {
  const run = { ...RUN, report: 'ai-sessions-detail-with-messages' };

  test('need a role that org.json permits to read them', async () => {
    const { settingsFile } = lakeLayout(folder, 'globex');
    const settings = JSON.parse(await readFile(settingsFile, 'utf8'));
    const messagesRoles = ['team_manager', 'compliance'];
    await writeFile(settingsFile, JSON.stringify({ ...settings, messagesRoles }));

    const administrator = { ...ANALYST, organisation: 'globex', roles: ['administrator'] };
    await expectRefused(await service.download(run, administrator), 403, 'forbidden');
    // Permitted to read messages, but not to run reports.
    const compliance = { ...administrator, roles: ['compliance'] };
    await expectRefused(await service.download(run, compliance), 403, 'forbidden');
    const withoutMessages = await service.download(RUN, administrator);
    expect(await withoutMessages.text()).toMatch(/^[^\n]+,Conversation Link\n/);
    const both = { ...administrator, roles: ['analyst', 'compliance'] };
    const permitted = await service.download(run, both);
    expect(await permitted.text()).toMatch(/^[^\n]+,Message History\n/);
  });
});
