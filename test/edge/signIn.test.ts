// Browsers sign in with a real OpenID Connect provider, and every way of getting around it fails.

import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Page } from './browser.ts';
import { callerIn, unanswered } from './harness.ts';
import {
  type IdentityProvider,
  POSTING_CLIENT_ID,
  PUBLIC_CLIENT_ID,
  startIdentityProvider,
} from './identityProvider.ts';
import {
  ACCOUNTS,
  atCallback,
  describedAs,
  EDGE,
  REPORT,
  SESSION,
  type SignInEdge,
  signInEdge,
  tampered,
} from './signInEdge.ts';

let provider: IdentityProvider;
let subject: SignInEdge;

beforeAll(async () => {
  provider = await startIdentityProvider({ edge: EDGE, accounts: ACCOUNTS });
});

afterAll(() => provider.close());

beforeEach(() => {
  subject = signInEdge(provider);
});

describe('a browser without a session', () => {
  it('signs in with the provider, and goes on to the report that it asked for', async () => {
    const { url, response, text } = await subject.signIn();
    expect(url.href).toBe(EDGE + REPORT);
    expect(response.status).toBe(200);
    expect(text).toBe('Session ID\n');
    expect(subject.lines).toEqual([
      expect.stringMatching(/^[\w-]{36}: Refused with 302: no credentials$/),
    ]);
  });

  it('comes with the caller that the claims name', async () => {
    await subject.signIn('ana', '/');
    expect(callerIn(subject.upstream[0])).toEqual({
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
    const response = await subject.browser.ask(REPORT, init);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
  });

  it('gets the session in a cookie for this host alone, which no script can read', async () => {
    await subject.signIn();
    const session = await subject.browser.cookie(SESSION);
    expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'lax', path: '/' });
    expect(session?.hostOnly).toBe(true);
    expect(session?.maxAge).toBe(3600);
    const payload = Buffer.from(session?.value ?? '', 'base64url').toString('latin1');
    expect(payload).not.toContain('ana@acme');
  });

  it('keeps nothing of a sign-in that is over', async () => {
    await subject.signIn();
    expect(await subject.browser.cookie('__Host-sign-in')).toBeUndefined();
  });

  it('may sign in in two tabs at once', async () => {
    const first = await subject.toProvider('/');
    const second = await subject.toProvider(REPORT);
    const back = await subject.browser.submit(second, { login: 'ana', password: 'x' });
    expect(back.url.href).toBe(EDGE + REPORT);
    const other = await subject.browser.submit(first, { login: 'ana', password: 'x' });
    expect(other.url.href).toBe(`${EDGE}/`);
    expect(other.text).toContain('Signed in as <bdi>ana@acme.example</bdi>');
  });

  it('may begin in many tabs, of which the last five can be gone on with', async () => {
    const tabs: Page[] = [];
    for (let tab = 0; tab < 7; tab += 1) tabs.push(await subject.toProvider('/'));
    const cookies = await subject.browser.jar.getCookies(EDGE);
    expect(cookies.filter(({ key }) => key.startsWith('__Host-sign-in-'))).toHaveLength(5);
    const status = async (page: Page | undefined) => {
      if (page === undefined) throw new Error('Expected a page');
      const fields = { login: 'ana', password: 'x' };
      return (await subject.browser.submit(page, fields)).response.status;
    };
    expect(await status(tabs[1])).toBe(400);
    expect(await status(tabs[2])).toBe(200);
    expect(await status(tabs[6])).toBe(200);
  });

  it('is told when the provider cannot be reached', async () => {
    provider.breakDown(true);
    const { response } = await subject.browser.open(REPORT);
    provider.breakDown(false);
    expect(response.status).toBe(503);
    expect(subject.lines.at(-1)).toContain('the identity provider: OAUTH_RESPONSE_IS_NOT_CONFORM');
  });

  it('is told when the provider does not answer', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    onTestFinished(() => timeout.mockRestore());
    subject = signInEdge(provider, {}, unanswered);
    const { response } = await subject.browser.open(REPORT);
    expect(response.status).toBe(503);
    expect(subject.lines.at(-1)).toContain('the identity provider: the fetch failed');
  });

  it('comes back to the public address, where the worker does not know it by itself', async () => {
    subject = signInEdge(provider, { PUBLIC_URL: 'https://public.example' });
    const response = await subject.browser.ask('/sign-in/begin');
    const callback = encodeURIComponent('https://public.example/sign-in/callback');
    expect(response.headers.get('Refresh')).toContain(`redirect_uri=${callback}&`);
  });

  it('signs in where the edge has no secret', async () => {
    const changes = { OIDC_CLIENT_ID: PUBLIC_CLIENT_ID, OIDC_CLIENT_SECRET: undefined };
    subject = signInEdge(provider, changes);
    expect((await subject.signIn()).response.status).toBe(200);
  });

  it('signs in with a provider that takes secrets in bodies alone', async () => {
    const metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
    subject = signInEdge(provider, { OIDC_CLIENT_ID: POSTING_CLIENT_ID }, describedAs(metadata));
    expect((await subject.signIn()).response.status).toBe(200);
  });

  it('cannot sign in where no provider is set', async () => {
    subject = signInEdge(provider, { OIDC_ISSUER: undefined, OIDC_CLIENT_ID: undefined });
    expect((await subject.browser.ask('/')).status).toBe(401);
    expect((await subject.browser.ask('/sign-in/begin')).status).toBe(404);
    expect((await subject.browser.ask('/sign-in/callback?code=x&state=y')).status).toBe(404);
  });
});

describe('the sign-in page', () => {
  it('is where the first page leads to, and its button on to the provider and back', async () => {
    const path = '/?report=ai-guides&from=2026-07-01';
    const page = await subject.browser.open(path);
    expect(page.url.pathname).toBe('/sign-in');
    expect(page.response.status).toBe(200);
    expect(page.text).toContain(`Sign in with <bdi>${new URL(provider.issuer).host}</bdi>`);
    const { url, text } = await subject.signIn('ana', path);
    expect(url.href).toBe(EDGE + path);
    expect(text).toContain('Signed in as <bdi>ana@acme.example</bdi>');
  });

  it.each(['/reports/ai-guides?from=2026-07-01', '/reports/audit.csv', REPORT])(
    'is left out for who asks for %s',
    async (path) => {
      const response = await subject.browser.ask(path);
      const begin = new URLSearchParams({ return: path });
      expect(response.headers.get('Location')).toBe(`/sign-in/begin?${begin.toString()}`);
    },
  );

  it('begins nothing before the button is clicked', async () => {
    await subject.browser.open('/');
    expect(await subject.browser.cookie('__Host-sign-in')).toBeUndefined();
  });

  it('names the provider as the operator does', async () => {
    subject = signInEdge(provider, { OIDC_NAME: 'Acme <b>&' });
    const { text } = await subject.browser.open('/sign-in');
    expect(text).toContain('Sign in with <bdi>Acme &lt;b&gt;&amp;</bdi>');
  });

  it.each(['javascript:alert(1)', '//evil.example', '"><script>alert(1)</script>'])(
    'leads nowhere else, whatever its address says: %s',
    async (path) => {
      const query = new URLSearchParams({ return: path });
      const { text } = await subject.browser.open(`/sign-in?${query.toString()}`);
      expect([...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
        '/sign-in/begin?return=%2F',
      ]);
      expect(text).not.toContain('<script');
    },
  );

  it('says what to do where nobody can sign in', async () => {
    subject = signInEdge(provider, { OIDC_ISSUER: undefined, OIDC_CLIENT_ID: undefined });
    const { response, text } = await subject.browser.open('/sign-in');
    expect(response.status).toBe(200);
    expect(text).toContain('Nobody can sign in here yet');
    expect(text).toContain('worker/README.md');
  });

  it('is for the operator where the worker is not set up', async () => {
    subject = signInEdge(provider, { OIDC_CLIENT_ID: undefined });
    const { response, text } = await subject.browser.open('/sign-in');
    expect(response.status).toBe(500);
    expect(text).toContain('Not configured');
  });
});

async function expectRefused(url: URL, reason: string): Promise<void> {
  const { response, text } = await subject.browser.open(url);
  expect(text).toContain('Sign-in not completed');
  expect(response.status).toBe(400);
  expect(subject.lines.at(-1)).toContain(reason);
  expect(await subject.browser.cookie(SESSION)).toBeUndefined();
  expect(subject.upstream).toEqual([]);
  for (const value of url.searchParams.values()) expect(subject.lines.join()).not.toContain(value);
}

describe('a callback is refused', () => {
  it('with a state of nobody’s', async () => {
    const { url } = await subject.logIn();
    url.searchParams.set('state', 'x'.repeat(43));
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('with the state of another sign-in of the same browser', async () => {
    const other = await subject.toProvider('/', (url) => url.origin === provider.issuer);
    const { url } = await subject.logIn();
    url.searchParams.set('state', other.url.searchParams.get('state') ?? '');
    await expectRefused(url, 'the identity provider answered invalid_grant'); // PKCE: another verifier
  });

  it('in a browser that has not begun it', async () => {
    const { url } = await subject.logIn();
    subject = signInEdge(provider);
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('when it is replayed in the same browser', async () => {
    const { url } = await subject.logIn();
    await subject.browser.open(url);
    await subject.browser.jar.removeAllCookies();
    subject.upstream.splice(0);
    await expectRefused(url, 'this browser has not begun the sign-in');
  });

  it('when it is replayed with the cookie of the sign-in', async () => {
    const { url } = await subject.logIn();
    const cookie = await subject.browser.cookie('__Host-sign-in');
    await subject.browser.open(url);
    await subject.browser.jar.removeAllCookies();
    await subject.browser.setCookie(cookie?.key ?? '', cookie?.value ?? '');
    subject.upstream.splice(0);
    await expectRefused(url, 'the identity provider answered invalid_grant');
  });

  it('with another nonce than the one that was asked for', async () => {
    const toProvider = await subject.toProvider('/', (url) => url.origin === provider.issuer);
    toProvider.url.searchParams.set('nonce', 'another');
    const page = await subject.browser.open(toProvider.url);
    const { url } = await subject.browser.submit(page, { login: 'ana', password: 'x' }, atCallback);
    await expectRefused(url, 'OAUTH_JWT_CLAIM_COMPARISON_FAILED');
    expect(await subject.browser.cookie('__Host-sign-in')).toBeUndefined(); // one try each
  });

  it('when the sign-in took longer than 10 minutes', async () => {
    const { url } = await subject.logIn();
    subject.forward(10 * 60 + 1);
    await expectRefused(url, 'the sign-in cookie: ERR_JWT_EXPIRED');
  });

  it('when the cookie has been changed', async () => {
    const { url } = await subject.logIn();
    const cookie = await subject.browser.cookie('__Host-sign-in');
    await subject.browser.setCookie(cookie?.key ?? '', tampered(cookie?.value ?? ''));
    await expectRefused(url, 'the sign-in cookie: ERR_JWE_DECRYPTION_FAILED');
  });

  it('when the issuer is another', async () => {
    const { url } = await subject.logIn();
    url.searchParams.set('iss', 'https://evil.example');
    await expectRefused(url, 'OAUTH_INVALID_RESPONSE');
  });

  it.each(['code', 'state', 'iss'])('with two of %s', async (name) => {
    const { url } = await subject.logIn();
    url.searchParams.append(name, 'x'.repeat(43));
    await expectRefused(url, 'OAUTH_INVALID_RESPONSE');
  });

  it.each(['access_denied', 'temporarily_unavailable'])('with the error %s', async (error) => {
    const { url } = await subject.logIn();
    url.searchParams.delete('code');
    url.searchParams.set('error', error);
    const { response } = await subject.browser.open(url);
    expect(response.status).toBe(400);
    expect(subject.lines.at(-1)).toContain(`the identity provider answered ${error}`);
  });

  it('with an error that would write into the log', async () => {
    const { url } = await subject.logIn();
    url.searchParams.delete('code');
    url.searchParams.set('error', 'x\nforged line');
    await expectRefused(url, 'the identity provider answered an unknown error');
  });

  it('when the client’s secret is wrong: the operator’s matter', async () => {
    subject = signInEdge(provider, { OIDC_CLIENT_SECRET: 'wrong' });
    const { url } = await subject.logIn();
    const { response } = await subject.browser.open(url);
    expect(response.status).toBe(503);
    expect(subject.lines.at(-1)).toContain('compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET');
  });

  it.each([
    ['has no organisation', 'bob', 'organisation'],
    ['has an address that nobody has verified', 'eve', 'subject'],
  ])('when the account %s', async (_, login, lacks) => {
    const { response } = await subject.signIn(login);
    expect(response.status).toBe(403);
    expect(subject.lines.at(-1)).toContain(`the claims give no ${lacks}`);
    expect(await subject.browser.cookie(SESSION)).toBeUndefined();
  });
});

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
    const page = await subject.toProvider(`/sign-in?${query.toString()}`);
    const { url } = await subject.browser.submit(page, { login: 'ana', password: 'x' }, atCallback);
    const response = await subject.browser.ask(url);
    expect(response.status).toBe(303);
    expect(response.headers.get('Location')).toBe(expected);
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
    subject = signInEdge(provider, { OIDC_CLAIMS: JSON.stringify(rules) });
    await subject.signIn();
    expect(callerIn(subject.upstream[0])).toEqual(expected);
  });
});
