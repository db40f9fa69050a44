// An edge that people sign in to, in front of a stand-in for the analytics service, and a browser that
// uses it. The clock can be put forward.

import { expect } from 'vitest';
import { createApp } from '../../worker/app.ts';
import type { Fetch } from '../../worker/fetch.ts';
import { Browser, type Page } from './browser.ts';
import { BINDINGS } from './harness.ts';
import { CLIENT, type IdentityProvider } from './identityProvider.ts';
import { reportsService } from './reportsSite.ts';

export const EDGE = 'https://reports.example';
export const REPORT = '/reports/ai-sessions-detail.csv?from=2026-07-01&to=2026-07-31';
export const SESSION = '__Host-session';

export const ACCOUNTS = {
  ana: { email: 'ana@acme.example', email_verified: true, org: 'acme', roles: ['analyst'] },
  eve: { email: 'ana@acme.example', email_verified: false, org: 'acme', roles: ['analyst'] },
  bob: { email: 'bob@acme.example', roles: ['analyst'] },
};

const service = reportsService();

export interface SignInEdge {
  readonly browser: Browser;
  /** The operator's log. */
  readonly lines: readonly string[];
  /** What was asked of the analytics service. */
  readonly upstream: Request[];
  /** Puts the edge's clock so many seconds before the real one. */
  forward(seconds: number): void;
  /** Opens a page and goes on to the provider, up to where it asks who one is. */
  toProvider(path?: string, until?: (url: URL) => boolean): Promise<Page>;
  /** The same, and logs in, up to where the provider sends the browser back. */
  logIn(login?: string, path?: string): Promise<Page>;
  /** The same, and on to what was asked for. */
  signIn(login?: string, path?: string): Promise<Page>;
}

export const atCallback = (url: URL) => url.href.startsWith(`${EDGE}/sign-in/callback`);

export function signInEdge(
  { issuer }: IdentityProvider,
  changes: object = {},
  fetchFromProvider: Fetch = fetch,
): SignInEdge {
  const lines: string[] = [];
  const upstream: Request[] = [];
  let ahead = 0;
  const app = createApp({
    fetch: async (url, init) => {
      if (url.startsWith(issuer)) return fetchFromProvider(url, init);
      if (url.endsWith('/refusals')) return new Response(null, { status: 204 });
      upstream.push(new Request(url, init));
      return /\/(organisation|runs)$/.test(url)
        ? service({ url, method: 'GET' })
        : new Response('Session ID\n', { headers: { 'Content-Type': 'text/csv' } });
    },
    now: () => new Date(Date.now() + ahead * 1000),
    addressOf: () => undefined,
    log: (line) => lines.push(line),
  });
  const bindings = {
    ...BINDINGS,
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
    ...changes,
  };
  const browser = new Browser(EDGE, (url, init) => app.request(url, init, bindings));

  async function toProvider(path = REPORT, until?: (url: URL) => boolean): Promise<Page> {
    const page = await browser.open(path, {}, until);
    return page.url.href.startsWith(`${EDGE}/sign-in?`)
      ? browser.follow(page, 'Sign in with', until)
      : page;
  }

  async function logIn(login = 'ana', path = REPORT): Promise<Page> {
    const page = await toProvider(path);
    expect(page.url.origin).toBe(issuer);
    return browser.submit(page, { login, password: 'any' }, atCallback);
  }

  return {
    browser,
    lines,
    upstream,
    forward: (seconds) => {
      ahead = seconds;
    },
    toProvider,
    logIn,
    signIn: async (login, path) => {
      const { url } = await logIn(login, path);
      return browser.open(url);
    },
  };
}

/** The provider, with other words about itself. */
export const describedAs =
  (changes: object): Fetch =>
  async (url, init) => {
    const response = await fetch(url, init);
    if (!url.endsWith('/.well-known/openid-configuration')) return response;
    const metadata: object = JSON.parse(await response.text());
    return Response.json({ ...metadata, ...changes });
  };

/** The same text with one character of its last part changed. */
export function tampered(sealed: string): string {
  const at = sealed.length - 5;
  return sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
}
