// What is wrong is refused with its status and problem type, and nothing is sent upstream (SPEC 3.6, 5).

import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Changes, CLAIMS, type Edge, edge, NOW_SECONDS, SECRET, token } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';

async function expectRefused(subject: Edge, response: Response, status: number, kind: string) {
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  expect(await response.json()).toMatchObject({ type: `urn:ai-sessions:problem:${kind}`, status });
  expect(response.status).toBe(status);
  expect(response.headers.get('Cache-Control')).toContain('no-store');
  expect(subject.calls).toEqual([]);
}

describe('a request that is not right is refused before anything runs', () => {
  it.each([
    ['an unknown report', '/reports/ai-sessions.csv', 404, 'unknown-report'],
    [
      'a report named like a property of every object',
      '/reports/toString.csv',
      404,
      'unknown-report',
    ],
    ['a path for a report', '/reports/..%2Fai-sessions-detail.csv', 404, 'unknown-report'],
    ['an unknown extension', '/reports/ai-sessions-detail.xlsx', 404, 'not-found'],
    ['an unknown report without an extension', '/reports/ai-sessions', 404, 'unknown-report'],
    ['an unknown path', '/lake/acme/org.json', 404, 'not-found'],
    ['dates that are none', `${REPORT}?from=x&to=x`, 400, 'invalid-run'],
    ['a date that does not exist', `${REPORT}?from=2026-02-30`, 400, 'invalid-run'],
    ['an unknown zone', `${REPORT}?timezone=America/Atlantis`, 400, 'invalid-run'],
    ['an offset for a zone', `${REPORT}?timezone=%2B02:00`, 400, 'invalid-run'],
    ['from after to', `${REPORT}?from=2026-07-02&to=2026-07-01`, 400, 'invalid-run'],
    ['an unknown parameter', `${REPORT}?formula=false`, 400, 'invalid-run'],
    ['a repeated parameter', `${REPORT}?from=2026-07-01&from=2026-07-01`, 400, 'invalid-run'],
    ['an unknown value', `${REPORT}?grouping=hour`, 400, 'invalid-run'],
    ['another organisation as org', `${REPORT}?org=globex`, 400, 'invalid-run'],
    ['another organisation by its name', `${REPORT}?organisation=globex`, 400, 'invalid-run'],
    ['a property of every object as a parameter', `${REPORT}?__proto__=1`, 400, 'invalid-run'],
  ])('%s', async (_, path, status, kind) => {
    const subject = edge();
    await expectRefused(subject, await subject.ask(path), status, kind);
  });

  it('names every fault at once', async () => {
    const response = await edge().ask(`${REPORT}?from=2026-02-30&timezone=Nowhere&x=1&to=&to=`);
    const named = ['from', 'timezone', 'to', 'x'];
    expect(await response.json()).toMatchObject({
      errors: expect.arrayContaining(
        named.map((parameter) => expect.objectContaining({ parameter })),
      ),
    });
  });

  it.each([
    ['grouping=hour&from=2026-08-01&to=2026-07-01', ['grouping', 'from']],
    ['timezone=Nowhere&excel=true&from=2020-01-01&to=2026-07-01', ['timezone', 'excel', 'to']],
  ])('names what is wrong with %s at once', async (query, named) => {
    const response = await edge().ask(`${REPORT.replace('.csv', '.jsonl')}?${query}`);
    const { errors } = (await response.json()) as { errors: { parameter: string }[] };
    expect(errors.map(({ parameter }) => parameter).toSorted()).toEqual(named.toSorted());
  });
});

const publicKeyAsSecret = async () => {
  const { publicKey } = await generateKeyPair('RS256', { extractable: true });
  const spki = await crypto.subtle.exportKey('spki', publicKey);
  return new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(spki));
};

const signedBy = async (alg: string) => {
  const { privateKey } = await generateKeyPair(alg);
  return new SignJWT(CLAIMS).setProtectedHeader({ alg }).sign(privateKey);
};

const longHmac = () =>
  new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS512' }).sign(new TextEncoder().encode(SECRET));

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
const unsigned = (alg: string) => `${encode({ alg, typ: 'JWT' })}.${encode(CLAIMS)}.`;

const tampered = async () => {
  const [header, , signature] = (await token()).split('.');
  return `${header}.${encode({ ...CLAIMS, org: 'globex' })}.${signature}`;
};

const claiming = (changes: Changes) => () => token(changes);

describe('a token that is not good is refused', () => {
  it.each<[string, () => string | Promise<string>]>([
    ['alg: none', () => unsigned('none')],
    ['alg: None', () => unsigned('None')],
    ['alg: HS256 without a signature', () => unsigned('HS256')],
    ['an RS256 public key used as the HS256 secret', publicKeyAsSecret],
    ['RS256 where a secret is set', () => signedBy('RS256')],
    ['EdDSA where a secret is set', () => signedBy('EdDSA')],
    ['HS512', longHmac],
    ['claims changed after signing', tampered],
    ['expired', claiming({ exp: NOW_SECONDS - 6 })],
    ['no expiry', claiming({ exp: undefined })],
    ['not valid yet', claiming({ nbf: NOW_SECONDS + 6 })],
    ['wrong audience', claiming({ aud: 'another-service' })],
    ['no audience', claiming({ aud: undefined })],
    ['wrong issuer', claiming({ iss: 'https://issuer.example.evil' })],
    ['no issuer', claiming({ iss: undefined })],
    ['no subject', claiming({ sub: undefined })],
    ['no organisation', claiming({ org: undefined })],
    ['an organisation that leaves its folder', claiming({ org: '../globex' })],
    ['an organisation in capitals', claiming({ org: 'Acme' })],
    ['two organisations', claiming({ org: ['acme', 'globex'] })],
    ['roles that are no list of names', claiming({ roles: { analyst: true } })],
    ['not a token', () => 'hello'],
    ['nothing', () => ''],
  ])('%s', async (_, makeToken) => {
    const subject = edge();
    const bearer = await makeToken();
    const response = await subject.ask(REPORT, { headers: { Authorization: `Bearer ${bearer}` } });
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(subject.lines).toHaveLength(1);
    if (bearer.length > 0) expect(subject.lines.join()).not.toContain(bearer);
    await expectRefused(subject, response, 401, 'unauthenticated');
  });

  it.each([
    ['no token', {}],
    ['a token under another scheme', { Authorization: `Basic ${btoa('ana:token')}` }],
    ['a token in another header', { 'X-Authorization': 'Bearer x', Cookie: 'token=x' }],
  ])('%s', async (_, headers) => {
    const subject = edge();
    await expectRefused(subject, await subject.ask(REPORT, { headers }), 401, 'unauthenticated');
  });

  it('tells callers with a bad token all the same', async () => {
    const details = await Promise.all(
      [await token({ aud: 'x' }), await token({ exp: 1 }), unsigned('none')].map(async (bearer) => {
        const headers = { Authorization: `Bearer ${bearer}` };
        return (await edge().ask(REPORT, { headers })).text();
      }),
    );
    expect(new Set(details).size).toBe(1);
  });

  it('lets clocks be 5 seconds apart', async () => {
    const headers = { Authorization: `Bearer ${await token({ exp: NOW_SECONDS - 4 })}` };
    expect((await edge().ask(REPORT, { headers })).status).toBe(200);
  });
});

describe('a caller without a fitting role is refused', () => {
  it.each([
    ['another role', ['agent']],
    ['a role in another spelling', ['Analyst']],
    ['no roles', []],
    ['no roles claim', undefined],
    ['one role as text that is not permitted', 'agent'],
  ])('%s', async (_, roles) => {
    const subject = edge();
    const headers = { Authorization: `Bearer ${await token({ roles })}` };
    await expectRefused(subject, await subject.ask(REPORT, { headers }), 403, 'forbidden');
    await expectRefused(subject, await subject.ask('/', { headers }), 403, 'forbidden');
  });

  it.each([
    ['one role as text', 'analyst'],
    ['one of several', ['agent', 'team_manager']],
  ])('but %s is enough', async (_, roles) => {
    const headers = { Authorization: `Bearer ${await token({ roles })}` };
    expect((await edge().ask(REPORT, { headers })).status).toBe(200);
  });
});

describe('refusals come in order, so that strangers learn nothing', () => {
  const wrong = '/reports/no-such-report.csv?from=x';

  it.each([
    ['who asks comes first', {}, wrong, 401],
    ['then whether they may', { roles: ['agent'] }, wrong, 403],
    ['then the report', { roles: ['analyst'] }, wrong, 404],
    ['then the parameters', { roles: ['analyst'] }, `${REPORT}?from=x`, 400],
  ])('%s', async (_, claims, path, status) => {
    const signedIn = 'roles' in claims;
    const headers = signedIn ? { Authorization: `Bearer ${await token(claims)}` } : new Headers();
    expect((await edge().ask(path, { headers })).status).toBe(status);
  });
});

describe('another organisation cannot be smuggled in', () => {
  it.each([
    'X-Org',
    'X-Organisation',
    'X-Organization',
    'X-Tenant',
    'X-Forwarded-User',
    'X-Caller',
  ])('by the header %s', async (name) => {
    const subject = edge();
    const headers = { Authorization: `Bearer ${await token()}`, [name]: 'globex' };
    await subject.ask(REPORT, { headers });
    expect(subject.calls).toHaveLength(1);
    expect([...(subject.calls[0]?.headers ?? [])].flat()).not.toContain('globex');
    expect(JSON.stringify(subject.calls)).not.toContain('globex');
  });

  it('by a body', async () => {
    const subject = edge();
    const body = JSON.stringify({ organisation: 'globex', org: 'globex' });
    const response = await subject.ask(REPORT, { method: 'POST', body });
    expect(response.headers.get('Allow')).toBe('GET, HEAD, OPTIONS');
    await expectRefused(subject, response, 405, 'method-not-allowed');
  });
});
