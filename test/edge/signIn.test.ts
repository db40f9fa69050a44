// Browsers sign in with a real OpenID Connect provider, and every way of getting around it fails.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../../worker/app.ts';
import { Browser, type Page } from './browser.ts';
import { BINDINGS, callerIn } from './harness.ts';
import { CLIENT, type IdentityProvider, startIdentityProvider } from './identityProvider.ts';

const EDGE = 'https://reports.example';
const REPORT = '/reports/ai-sessions-detail.csv?from=2026-07-01&to=2026-07-31';
const CALLBACK = `${EDGE}/sign-in/callback`;
const SESSION = '__Host-session';

const ACCOUNTS = {
  ana: { email: 'ana@acme.example', email_verified: true, org: 'acme', roles: ['analyst'] },
  eve: { email: 'ana@acme.example', email_verified: false, org: 'acme', roles: ['analyst'] },
  bob: { email: 'bob@acme.example', roles: ['analyst'] },
};

let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider({ edge: EDGE, accounts: ACCOUNTS });
});

afterAll(() => provider.close());

let laterSeconds: number;
let lines: string[];
let upstream: Request[];
let browser: Browser;

beforeEach(() => {
  laterSeconds = 0;
  lines = [];
  upstream = [];
  browser = browserOf();
});

/** An edge with a clock that can be put forward, in front of a stand-in for the analytics service. */
function browserOf(changes: object = {}): Browser {
  const app = createApp({
    fetch: async (url, init) => {
      if (url.startsWith(provider.issuer)) return fetch(url, init);
      upstream.push(new Request(url, init));
      const profile = { organisation: 'acme', name: 'Acme', timezone: 'UTC', weekStart: 'monday' };
      return url.endsWith('/organisation')
        ? Response.json(profile)
        : new Response('Session ID\n', { headers: { 'Content-Type': 'text/csv' } });
    },
    now: () => new Date(Date.now() + laterSeconds * 1000),
    log: (line) => lines.push(line),
  });
  const bindings = {
    ...BINDINGS,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
    ...changes,
  };
  return new Browser(EDGE, (url, init) => app.request(url, init, bindings));
}

const atCallback = (url: URL) => url.href.startsWith(CALLBACK);

/** Up to where the provider sends the browser back. */
async function logIn(login = 'ana', path = REPORT): Promise<Page> {
  const page = await browser.open(path);
  expect(page.url.origin).toBe(provider.issuer);
  return browser.submit(page, { login, password: 'any' }, atCallback);
}

async function signIn(login = 'ana', path = REPORT): Promise<Page> {
  const { url } = await logIn(login, path);
  return browser.open(url);
}

describe('a browser without a session', () => {
  it('signs in with the provider, and goes on to the report that it asked for', async () => {
    const { url, response, text } = await signIn();
    expect(url.href).toBe(EDGE + REPORT);
    expect(response.status).toBe(200);
    expect(text).toBe('Session ID\n');
    expect(lines).toEqual([expect.stringContaining('Not signed in: no credentials')]);
  });

  it('comes with the caller that the claims name', async () => {
    await signIn('ana', '/');
    expect(callerIn(upstream[0])).toEqual({
      subject: 'ana@acme.example',
      organisation: 'acme',
      roles: ['analyst'],
    });
  });

  it.each<[string, RequestInit]>([
    ['that asks for no page', { headers: { Accept: 'application/json' } }],
    ['whose page’s script asks', { headers: { 'Sec-Fetch-Mode': 'cors' } }],
    ['that sends credentials which are not good', { headers: { Authorization: 'Bearer x' } }],
  ])('is refused, not sent to sign in, %s', async (_, init) => {
    const response = await browser.ask(REPORT, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('gets the session in a cookie for this host alone, which no script can read', async () => {
    await signIn();
    const session = await browser.cookie(SESSION);
    expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
    expect(session?.hostOnly).toBe(true);
    expect(session?.maxAge).toBe(3600);
    const payload = Buffer.from(session?.value ?? '', 'base64url').toString('latin1');
    expect(payload).not.toContain('ana@acme');
  });

  it('keeps nothing of a sign-in that is over', async () => {
    await signIn();
    expect(await browser.cookie('__Host-sign-in')).toBeUndefined();
  });

  it('may sign in in two tabs at once', async () => {
    const first = await browser.open('/');
    const second = await browser.open(REPORT);
    const back = await browser.submit(second, { login: 'ana', password: 'x' });
    expect(back.url.href).toBe(EDGE + REPORT);
    const other = await browser.submit(first, { login: 'ana', password: 'x' });
    expect(other.url.href).toBe(`${EDGE}/`);
    expect(other.text).toContain('Signed in as ana@acme.example');
  });

  it('is told when the provider cannot be reached', async () => {
    provider.breakDown(true);
    const { response } = await browser.open(REPORT);
    provider.breakDown(false);
    expect(response.status).toBe(503);
    expect(lines.at(-1)).toContain('the identity provider: OAUTH_RESPONSE_IS_NOT_CONFORM');
  });

  it('cannot sign in where no provider is set', async () => {
    browser = browserOf({ OIDC_ISSUER: undefined, OIDC_CLIENT_ID: undefined });
    expect((await browser.ask('/')).status).toBe(401);
    expect((await browser.ask('/sign-in')).status).toBe(404);
    expect((await browser.ask('/sign-in/callback?code=x&state=y')).status).toBe(404);
  });
});

async function expectRefused(url: URL, reason: string): Promise<void> {
  const { response, text } = await browser.open(url);
  expect(text).toContain('Sign-in not completed');
  expect(response.status).toBe(400);
  expect(lines.at(-1)).toContain(reason);
  expect(await browser.cookie(SESSION)).toBeUndefined();
  expect(upstream).toEqual([]);
  for (const value of url.searchParams.values()) expect(lines.join()).not.toContain(value);
}

describe('a callback is refused', () => {
  it('with a state of nobody’s', async () => {
    const { url } = await logIn();
    url.searchParams.set('state', 'x'.repeat(43));
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('with the state of another sign-in of the same browser', async () => {
    const other = await browser.open('/', {}, (url) => url.origin === provider.issuer);
    const { url } = await logIn();
    url.searchParams.set('state', other.url.searchParams.get('state') ?? '');
    await expectRefused(url, 'the identity provider answered invalid_grant'); // PKCE: another verifier
  });

  it('in a browser that has not begun it', async () => {
    const { url } = await logIn();
    browser = browserOf();
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('when it is replayed in the same browser', async () => {
    const { url } = await logIn();
    await browser.open(url);
    await browser.jar.removeAllCookies();
    upstream = [];
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('when it is replayed with the cookie of the sign-in', async () => {
    const { url } = await logIn();
    const cookie = await browser.cookie('__Host-sign-in');
    await browser.open(url);
    await browser.jar.removeAllCookies();
    await browser.setCookie(cookie?.key ?? '', cookie?.value ?? '');
    upstream = [];
    await expectRefused(url, 'the identity provider answered invalid_grant');
  });

  it('with another nonce than the one that was asked for', async () => {
    const toProvider = await browser.open('/', {}, (url) => url.origin === provider.issuer);
    toProvider.url.searchParams.set('nonce', 'another');
    const page = await browser.open(toProvider.url);
    const { url } = await browser.submit(page, { login: 'ana', password: 'x' }, atCallback);
    await expectRefused(url, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED');
  });

  it('when the sign-in took longer than 10 minutes', async () => {
    const { url } = await logIn();
    laterSeconds = 10 * 60 + 1;
    await expectRefused(url, 'the sign-in cookie: ERR_JWT_EXPIRED');
  });

  it('when the cookie has been changed', async () => {
    const { url } = await logIn();
    const cookie = await browser.cookie('__Host-sign-in');
    await browser.setCookie(cookie?.key ?? '', tampered(cookie?.value ?? ''));
    await expectRefused(url, 'the sign-in cookie: ERR_JWE_DECRYPTION_FAILED');
  });

  it('when the issuer is another', async () => {
    const { url } = await logIn();
    url.searchParams.set('iss', 'https://evil.example');
    await expectRefused(url, 'OAUTH_INVALID_RESPONSE');
  });

  it.each(['access_denied', 'temporarily_unavailable'])('with the error %s', async (error) => {
    const { url } = await logIn();
    url.searchParams.delete('code');
    url.searchParams.set('error', error);
    const { response } = await browser.open(url);
    expect(response.status).toBe(400);
    expect(lines.at(-1)).toContain(`the identity provider answered ${error}`);
  });

  it('with an error that would write into the log', async () => {
    const { url } = await logIn();
    url.searchParams.delete('code');
    url.searchParams.set('error', 'x\nforged line');
    await expectRefused(url, 'the identity provider answered an unknown error');
  });

  it('when the client’s secret is wrong: the operator’s matter', async () => {
    browser = browserOf({ OIDC_CLIENT_SECRET: 'wrong' });
    const { url } = await logIn();
    const { response } = await browser.open(url);
    expect(response.status).toBe(503);
    expect(lines.at(-1)).toContain('compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET');
  });

  it.each([
    ['has no organisation', 'bob', 'organisation'],
    ['has an address that nobody has verified', 'eve', 'subject'],
  ])('when the account %s', async (_, login, lacks) => {
    const { response } = await signIn(login);
    expect(response.status).toBe(403);
    expect(lines.at(-1)).toContain(`the claims give no ${lacks}`);
    expect(await browser.cookie(SESSION)).toBeUndefined();
  });
});

/** The same text with one character of its last part changed. */
function tampered(sealed: string): string {
  const at = sealed.length - 5;
  return sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
}

describe('after signing in', () => {
  it.each([
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['evil.example', '/'],
    ['', '/'],
    [`/?${'x'.repeat(2000)}`, '/'],
    ['/reports/../healthz?a=b&c=%0d%0ad#e', '/healthz?a=b&c=%0d%0ad'],
  ])('%j leads to %s', async (path, expected) => {
    const query = new URLSearchParams({ return: path });
    const page = await browser.open(`/sign-in?${query.toString()}`);
    const { url } = await browser.submit(page, { login: 'ana', password: 'x' }, atCallback);
    const response = await browser.ask(url);
    expect(response.status).toBe(303);
    expect(response.headers.get('Location')).toBe(expected);
  });
});

describe('a session', () => {
  it('is over after an hour', async () => {
    await signIn();
    laterSeconds = 3600 - 5;
    expect((await browser.ask('/')).status).toBe(200);
    laterSeconds = 3600 + 5;
    const response = await browser.ask('/');
    expect(response.status).toBe(302);
    expect(response.headers.get('Location')).toBe('/sign-in?return=%2F');
    expect(lines.at(-1)).toContain('the session cookie: ERR_JWT_EXPIRED');
    const asProgram = await browser.ask('/', { headers: { Accept: 'application/json' } });
    expect(asProgram.status).toBe(401);
  });

  it('is over at once when anything in it has been changed', async () => {
    await signIn();
    const cookie = await browser.cookie(SESSION);
    await browser.setCookie(SESSION, tampered(cookie?.value ?? ''));
    expect((await browser.ask('/')).status).toBe(302);
    expect(lines.at(-1)).toContain('ERR_JWE_DECRYPTION_FAILED');
  });

  it('is none under another secret', async () => {
    await signIn();
    const cookie = await browser.cookie(SESSION);
    browser = browserOf({ EDGE_SECRET: 'another edge secret, of 32 bytes or more too' });
    await browser.setCookie(SESSION, cookie?.value ?? '');
    expect((await browser.ask('/')).status).toBe(302);
  });

  it('is none when it is the cookie of a sign-in', async () => {
    await logIn();
    const cookie = await browser.cookie('__Host-sign-in');
    await browser.setCookie(SESSION, cookie?.value ?? '');
    expect((await browser.ask('/')).status).toBe(302);
    expect(upstream).toEqual([]);
  });

  it('does not make up for credentials that are not good', async () => {
    await signIn();
    for (const authorization of ['Bearer x', 'Basic x', '', 'Digest x']) {
      const response = await browser.ask(REPORT, { headers: { Authorization: authorization } });
      expect(response.status).toBe(401);
    }
    expect((await browser.ask(`${REPORT}&link=x`)).status).toBe(401);
  });

  it('is still good when the provider signs with a new key, and so is the next sign-in', async () => {
    await signIn();
    await provider.rotateKeys();
    expect((await browser.ask('/')).status).toBe(200);
    await browser.jar.removeAllCookies();
    expect((await signIn()).response.status).toBe(200);
  });

  it('is refused for an account with more roles than a cookie holds', async () => {
    browser = browserOf({
      OIDC_CLAIMS: JSON.stringify({
        organisation: { always: 'acme' },
        roles: {
          always: ['analyst', ...Array.from({ length: 80 }, (_, i) => `role-${i}`.padEnd(60))],
        },
      }),
    });
    const { response } = await signIn();
    expect(response.status).toBe(403);
    expect(lines.at(-1)).toContain('too many roles for a cookie');
  });
});

describe('claims', () => {
  it.each<[string, object, object]>([
    [
      'mapped from groups',
      {
        subject: 'sub',
        organisation: { claim: 'org', values: { acme: 'globex' } },
        roles: { claim: 'roles', values: { analyst: ['team_manager', 'auditor'] } },
      },
      { subject: 'ana', organisation: 'globex', roles: ['team_manager', 'auditor'] },
    ],
    [
      'the same for everyone',
      {
        subject: ['upn', 'sub'],
        organisation: { always: 'initech' },
        roles: { always: ['analyst'] },
      },
      { subject: 'ana', organisation: 'initech', roles: ['analyst'] },
    ],
  ])('are %s', async (_, rules, expected) => {
    browser = browserOf({ OIDC_CLAIMS: JSON.stringify(rules) });
    await signIn();
    expect(callerIn(upstream[0])).toEqual(expected);
  });
});

const signOut = (headers: Record<string, string>) =>
  browser.ask('/sign-out', { method: 'POST', headers });

describe('signing out', () => {
  it('ends the session here and with the provider', async () => {
    const { text } = await signIn('ana', '/');
    expect(text).toContain('<form method="post" action="/sign-out">');
    const page = await browser.open('/sign-out', {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin' },
    });
    expect(page.url.origin).toBe(provider.issuer);
    expect(page.url.searchParams.get('id_token_hint')).toMatch(/^ey/);
    const { url, text: signedOut } = await browser.submit(page, { logout: 'yes' });
    expect(url.href).toBe(`${EDGE}/signed-out`);
    expect(signedOut).toContain('You have signed out');
    expect(await browser.cookie(SESSION)).toBeUndefined();
    expect((await browser.open('/')).url.origin).toBe(provider.issuer);
  });

  it.each<[string, Record<string, string>]>([
    ['another site’s page', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour’s page', { 'Sec-Fetch-Site': 'same-site' }],
    ['a page of an old browser', { Origin: 'https://evil.example' }],
    ['a page without an origin', { Origin: 'null' }],
    ['a page on another port', { Origin: 'https://reports.example:8443' }],
  ])('cannot be done by %s', async (_, headers) => {
    await signIn();
    const response = await signOut(headers);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['this site’s page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
    ['this site’s page in an old browser', { Origin: EDGE }],
    ['a program', {}],
  ])('can be done by %s', async (_, headers) => {
    await signIn();
    expect((await signOut(headers)).status).toBe(200);
  });

  it('is no GET: nobody is signed out by a picture', async () => {
    await signIn();
    expect((await browser.ask('/sign-out')).status).toBe(405);
    expect((await browser.ask('/')).status).toBe(200);
  });
});
