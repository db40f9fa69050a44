// What a session is good for, how long, and how it ends.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IdentityProvider, startIdentityProvider } from './identityProvider.ts';
import {
  ACCOUNTS,
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

describe('a session', () => {
  it('is over after an hour', async () => {
    await subject.signIn();
    subject.forward(3600 - 5);
    expect((await subject.browser.ask('/')).status).toBe(200);
    subject.forward(3600 + 5);
    const response = await subject.browser.ask('/');
    expect(response.status).toBe(302);
    expect(response.headers.get('Location')).toBe('/sign-in?return=%2F');
    expect(subject.lines.at(-1)).toContain('the session cookie: ERR_JWT_EXPIRED');
    const asProgram = await subject.browser.ask('/', { headers: { Accept: 'application/json' } });
    expect(asProgram.status).toBe(401);
  });

  it('is over at once when anything in it has been changed', async () => {
    await subject.signIn();
    const cookie = await subject.browser.cookie(SESSION);
    await subject.browser.setCookie(SESSION, tampered(cookie?.value ?? ''));
    expect((await subject.browser.ask('/')).status).toBe(302);
    expect(subject.lines.at(-1)).toContain('ERR_JWE_DECRYPTION_FAILED');
  });

  it('is none under another secret', async () => {
    await subject.signIn();
    const cookie = await subject.browser.cookie(SESSION);
    subject = signInEdge(provider, { EDGE_SECRET: 'another edge secret, of 32 bytes or more too' });
    await subject.browser.setCookie(SESSION, cookie?.value ?? '');
    expect((await subject.browser.ask('/')).status).toBe(302);
  });

  it('is none when it is the cookie of a sign-in', async () => {
    await subject.logIn();
    const cookie = await subject.browser.cookie('__Host-sign-in');
    await subject.browser.setCookie(SESSION, cookie?.value ?? '');
    expect((await subject.browser.ask('/')).status).toBe(302);
    expect(subject.upstream).toEqual([]);
  });

  it('is none when it is a download link', async () => {
    await subject.signIn();
    const body = JSON.stringify({ path: REPORT });
    const headers = { 'Content-Type': 'application/json' };
    const made = await subject.browser.ask('/api/links', { method: 'POST', headers, body });
    const [, sealed = ''] = (await made.text()).match(/link=([\w.-]+)/) ?? [];
    expect(sealed).toMatch(/^ey/);
    await subject.browser.setCookie(SESSION, sealed);
    expect((await subject.browser.ask('/')).status).toBe(302);
  });

  it('does not make up for credentials that are not good', async () => {
    await subject.signIn();
    for (const authorization of ['Bearer x', 'Basic x', '', 'Digest x']) {
      const response = await subject.browser.ask(REPORT, {
        headers: { Authorization: authorization },
      });
      expect(response.status).toBe(401);
    }
    expect((await subject.browser.ask(`${REPORT}&link=x`)).status).toBe(401);
  });

  it('is still good when the provider signs with a new key, and so is the next sign-in', async () => {
    await subject.signIn();
    await provider.rotateKeys();
    expect((await subject.browser.ask('/')).status).toBe(200);
    await subject.browser.jar.removeAllCookies();
    expect((await subject.signIn()).response.status).toBe(200);
  });

  it('is refused for an account with more roles than a cookie holds', async () => {
    subject = signInEdge(provider, {
      OIDC_CLAIMS: JSON.stringify({
        organisation: { always: 'acme' },
        roles: {
          always: ['analyst', ...Array.from({ length: 80 }, (_, i) => `role-${i}`.padEnd(60))],
        },
      }),
    });
    const { response } = await subject.signIn();
    expect(response.status).toBe(403);
    expect(subject.lines.at(-1)).toContain('too many roles for a cookie');
  });
});

const signOut = (headers: Record<string, string>) =>
  subject.browser.ask('/sign-out', { method: 'POST', headers });

describe('signing out', () => {
  it('ends the session here and with the provider', async () => {
    const { text } = await subject.signIn('ana', '/');
    expect(text).toContain('<form method="post" action="/sign-out">');
    const page = await subject.browser.open('/sign-out', {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'same-origin' },
    });
    expect(page.url.origin).toBe(provider.issuer);
    expect(page.url.search).not.toMatch(/ey\w+\./); // tokens have no place in addresses
    const { url, text: signedOut } = await subject.browser.submit(page, { logout: 'yes' });
    expect(url.href).toBe(`${EDGE}/signed-out`);
    expect(signedOut).toContain('You have signed out');
    expect(await subject.browser.cookie(SESSION)).toBeUndefined();
    expect((await subject.toProvider('/')).url.origin).toBe(provider.issuer);
  });

  it('has the browser remove what the page has kept on the device', async () => {
    await subject.signIn();
    const response = await signOut({ 'Sec-Fetch-Site': 'same-origin' });
    expect(response.headers.get('Clear-Site-Data')).toBe('"storage"');
  });

  it('ends it here alone when the provider has no place for that', async () => {
    const metadata = { end_session_endpoint: undefined };
    subject = signInEdge(provider, {}, describedAs(metadata));
    await subject.signIn();
    const response = await signOut({});
    expect(response.status).toBe(303);
    expect(response.headers.get('Location')).toBe('/signed-out');
    expect(await subject.browser.cookie(SESSION)).toBeUndefined();
  });

  it('ends it here even when the provider cannot be reached', async () => {
    await subject.signIn();
    provider.breakDown(true);
    subject.forward(11 * 60); // its metadata is asked for again
    const response = await signOut({});
    provider.breakDown(false);
    expect(response.status).toBe(303);
    expect(await subject.browser.cookie(SESSION)).toBeUndefined();
  });

  it.each<[string, Record<string, string>]>([
    ['another site’s page', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a neighbour’s page', { 'Sec-Fetch-Site': 'same-site' }],
    ['a page of an old browser', { Origin: 'https://evil.example' }],
    ['a page without an origin', { Origin: 'null' }],
    ['a page on another port', { Origin: 'https://reports.example:8443' }],
  ])('cannot be done by %s', async (_, headers) => {
    await subject.signIn();
    const response = await signOut(headers);
    expect(response.status).toBe(403);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['this site’s page', { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' }],
    ['this site’s page in an old browser', { Origin: EDGE }],
    ['a program', {}],
  ])('can be done by %s', async (_, headers) => {
    await subject.signIn();
    expect((await signOut(headers)).status).toBe(200);
  });

  it('is no GET: nobody is signed out by a picture', async () => {
    await subject.signIn();
    expect((await subject.browser.ask('/sign-out')).status).toBe(405);
    expect((await subject.browser.ask('/')).status).toBe(200);
  });
});
