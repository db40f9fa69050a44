// Who calls, with everything real: the edge in workerd and in Deno, the analytics service, an OpenID
// Connect provider, Chromium, tokens from the command line, curl.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { type EdgeProcess, startEdge } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys, type SigningKeys } from '../../analytics/local/signingKeys.ts';
import {
  CLIENT,
  EDGE_AUDIENCE,
  type IdentityProvider,
  PROGRAM_ID,
  startIdentityProvider,
} from '../edge/identityProvider.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { startChromium } from './support/chromium.ts';
import { curl, headerOptions } from './support/curl.ts';
import { startDeno } from './support/deno.ts';
import type { StartEdge } from './support/edge.ts';
import { startProgram, untilEnd } from './support/program.ts';

const SAMPLE = { sessions: 2000, days: 20, seed: 5, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-07-15', to: '2026-07-31' };
const DETAIL = 'ai-sessions-detail';
const REPORT = `/reports/${DETAIL}.csv?from=${RANGE.from}&to=${RANGE.to}`;
const ANA = { email: 'ana@acme.example', org: 'acme', roles: ['analyst'] };

let folder: string;
let analytics: Analytics;
let assertionKey: string;
let tokenKeys: SigningKeys;
let expected: Buffer;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  const layout = lakeLayout(dataDir, 'acme');
  await makeSample({ ...SAMPLE, layout });
  expected = await runBytes(layout, readRun(DETAIL, RANGE));

  const { privateKey, publicKeys } = await makeSigningKeys();
  assertionKey = privateKey;
  analytics = await startAnalytics({ dataDir, temp: folder, port: await freePort(), publicKeys });
  tokenKeys = await makeSigningKeys();
  browser = await startChromium();
});

afterAll(async () => {
  await browser.close();
  await analytics.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

async function makeToken(privateKey: string): Promise<string> {
  const args = ['token', '--email', ANA.email, '--org', 'acme', '--role', 'analyst'];
  const env = { API_TOKEN_PRIVATE_KEY: privateKey };
  const { status, stdout } = await untilEnd(startProgram('cli.ts', args, { temp: folder, env }));
  expect(status).toBe(0);
  return stdout.toString().trim();
}

/** For a program of its own, by the client credentials grant (RFC 6749, section 4.4). */
async function accessToken({ issuer }: IdentityProvider): Promise<string> {
  const credentials = Buffer.from(`${PROGRAM_ID}:${encodeURIComponent(CLIENT.secret)}`);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${credentials.toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: EDGE_AUDIENCE }),
  });
  const { access_token: token } = v.parse(
    v.object({ access_token: v.string() }),
    await response.json(),
  );
  return token;
}

const RUNTIMES: [string, StartEdge][] = [
  ['workerd', startEdge],
  ['Deno', startDeno],
];

describe.each(RUNTIMES)('at the edge in %s', (_, startHere) => {
  let provider: IdentityProvider;
  let edge: EdgeProcess;
  /** What the worker and its runtime print. */
  let printed = '';
  let onPrinted: (() => void) | undefined;

  /** It comes through a pipe, later than an answer. */
  async function untilPrinted(text: string): Promise<void> {
    while (!printed.includes(text)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      onPrinted = resolve;
      await promise;
    }
  }

  beforeAll(async () => {
    const port = await freePort();
    provider = await startIdentityProvider({
      edge: `http://127.0.0.1:${port}`,
      accounts: { ana: ANA },
    });
    edge = await startHere({
      port,
      variables: {
        ANALYTICS_URL: analytics.url,
        ASSERTION_PRIVATE_KEY: assertionKey,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: CLIENT.id,
        OIDC_CLIENT_SECRET: CLIENT.secret,
        EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
        API_TOKEN_PUBLIC_KEYS: JSON.stringify(tokenKeys.publicKeys),
        JWT_JWKS_URL: `${provider.issuer}/jwks`,
        JWT_ISSUER: provider.issuer,
        JWT_AUDIENCE: EDGE_AUDIENCE,
      },
      onOutput: (text) => {
        printed += text;
        onPrinted?.();
      },
      signal: new AbortController().signal,
    });
  });

  afterAll(async () => {
    await edge.stop();
    await provider.close();
  });

  describe('a person with a browser', () => {
    let context: BrowserContext;
    let page: Page;

    beforeEach(async () => {
      context = await browser.newContext();
      // The provider's login page wants a font from the Internet; this test wants no Internet.
      await context.route('https://**', (route) => route.abort());
      page = await context.newPage();
    });

    afterEach(() => context.close());

    /** The first page has a button; a link to a report leads to the provider at once. */
    async function signIn(path = '/'): Promise<void> {
      await page.goto(edge.url + path);
      if (path === '/') await page.getByRole('link', { name: 'Sign in with' }).click();
      await page.fill('input[name=login]', 'ana');
      await page.fill('input[name=password]', 'any');
      await page.click('button[type=submit]');
    }

    async function download(start: () => Promise<unknown>): Promise<Buffer> {
      const [file] = await Promise.all([page.waitForEvent('download'), start()]);
      expect(file.suggestedFilename()).toBe('GladlyAISessionsDetailReport-20260715-20260731.csv');
      return readFile(await file.path());
    }

    const run = () => page.getByRole('button', { name: 'Run', exact: true }).click();

    async function choose(): Promise<void> {
      await page.fill('input[name=from]', RANGE.from);
      await page.fill('input[name=to]', RANGE.to);
    }

    test('signs in, runs a report, makes a link of it, signs out', async () => {
      await signIn();
      await page.getByText('Signed in as ana@acme.example.').waitFor();
      await choose();
      expect((await download(run)).equals(expected)).toBe(true);

      const made = await context.request.post(`${edge.url}/api/links`, { data: { path: REPORT } });
      const { url } = await made.json();
      const linked = await curl(url, join(folder, 'linked.csv')).ended;
      expect(linked.status).toBe(0);
      expect(linked.bytes.equals(expected)).toBe(true);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Do you want to sign-out from').waitFor();
      await page.getByRole('button', { name: 'Yes, sign me out' }).click();
      await page.getByRole('heading', { name: 'Signed out' }).waitFor();
      expect(await context.cookies(edge.url)).not.toContainEqual(
        expect.objectContaining({ name: '__Host-session' }),
      );
      await page.getByRole('link', { name: 'Sign in again' }).click();
      await page.getByRole('link', { name: 'Sign in with' }).click();
      await page.locator('input[name=login]').waitFor();
    });

    test('comes back to what they have chosen when the session is over, without a password', async () => {
      await signIn();
      await page.getByText('Signed in as').waitFor();
      await choose();
      await context.clearCookies({ name: '__Host-session' });
      await run();
      await page.getByRole('link', { name: 'Sign in again' }).click();
      await page.getByRole('link', { name: 'Sign in with' }).click();
      await page.getByText('Signed in as').waitFor();
      expect((await download(run)).equals(expected)).toBe(true);
    });

    test('gets the report of a link in a message after signing in', async () => {
      expect((await download(() => signIn(REPORT))).equals(expected)).toBe(true);
    });
  });

  describe('a program', () => {
    test('gets a report with e-mail and API token, and a link for a download manager', async () => {
      const token = await makeToken(tokenKeys.privateKey);
      const user = ['--user', `${ANA.email}:${token}`];
      const direct = await curl(edge.url + REPORT, join(folder, 'direct.csv'), user).ended;
      expect(direct.status).toBe(0);
      expect(direct.bytes.equals(expected)).toBe(true);

      const json = headerOptions({ 'Content-Type': 'application/json' });
      const body = [...json, '--data', JSON.stringify({ path: REPORT })];
      const made = await curl(`${edge.url}/api/links`, join(folder, 'link'), [...user, ...body])
        .ended;
      const { url } = JSON.parse(made.bytes.toString());
      const linked = await curl(url, join(folder, 'linked.csv')).ended;
      expect(linked.status).toBe(0);
      expect(linked.bytes.equals(expected)).toBe(true);
      expect((await fetch(`${url}&excel=true`)).status).toBe(401);

      await untilPrinted('the link: not at the end');
      const logs = printed + analytics.noise.join() + JSON.stringify(analytics.log);
      for (const secret of [token, url.slice(url.indexOf('link='))])
        expect(logs).not.toContain(secret);
    });

    test('gets reports with an access token of the provider, as many at once as it wants', async () => {
      const token = await accessToken(provider);
      const headers = { Authorization: `Bearer ${token}` };
      const responses = await Promise.all(
        [1, 2, 3].map(() => fetch(edge.url + REPORT, { headers })),
      );
      for (const response of responses) {
        expect(response.status).toBe(200);
        expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
      }
      const [header, claims] = token.split('.');
      const other = (await accessToken(provider)).split('.')[2];
      const forged = { Authorization: `Bearer ${header}.${claims}.${other}` };
      expect((await fetch(edge.url + REPORT, { headers: forged })).status).toBe(401);
    });

    test('is refused with the token of another key', async () => {
      const { privateKey } = await generateKeyPair('EdDSA', { extractable: true });
      const { kid } = JSON.parse(tokenKeys.privateKey);
      const another = JSON.stringify({ ...(await exportJWK(privateKey)), kid });
      const basic = Buffer.from(`${ANA.email}:${await makeToken(another)}`).toString('base64');
      const response = await fetch(edge.url + REPORT, {
        headers: { Authorization: `Basic ${basic}` },
      });
      expect(response.status).toBe(401);
    });
  });
});
