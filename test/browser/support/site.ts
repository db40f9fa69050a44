// The whole site as people have it: a lake, the analytics service, the edge in workerd, Chromium. With
// accounts they sign in with a real OpenID Connect provider, without they are the development identity.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { lakeLayout } from '../../../analytics/lake/layout.ts';
import type { SampleShape } from '../../../analytics/lake/sample/write.ts';
import { makeSample } from '../../../analytics/lake/sample.ts';
import { startEdge } from '../../../analytics/local/edgeProcess.ts';
import { freePort } from '../../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../../analytics/local/signingKeys.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import { startAnalytics } from '../../e2e/support/analytics.ts';
import { startChromium } from '../../e2e/support/chromium.ts';
import { type Accounts, CLIENT, startIdentityProvider } from '../../edge/identityProvider.ts';

/** Acme's sessions are of these days, and the same each time. */
export const SAMPLE_RANGE = { from: '2026-05-01', to: '2026-07-31' };
const SAMPLE = { sessions: 6000, days: 92, seed: 5, transcripts: true, until: SAMPLE_RANGE.to };

export const DEVELOPER: Caller = {
  subject: 'developer@localhost',
  organisation: 'acme',
  roles: ['administrator'],
};

export interface Site {
  readonly url: string;
  /** Of all lakes: another organisation's may be written here before its first request. */
  readonly dataDir: string;
  /** The identity provider's, where there are accounts. */
  readonly issuer: string | undefined;
  readonly browser: Browser;
  /** What pages' scripts, policies and missing files have had browsers complain of, since it was last emptied. */
  readonly complaints: string[];
  /** A page of a browser that has nothing of another's. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** Who can sign in, by the name that they type. */
  readonly accounts?: Accounts;
  /** Acme's sessions, where they are to be others. */
  readonly sample?: Partial<SampleShape>;
  /** Who everyone is, without accounts. */
  readonly identity?: Caller;
}

export async function startSite({
  accounts,
  identity = DEVELOPER,
  sample = {},
}: SiteOptions = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  await makeSample({ ...SAMPLE, ...sample, layout: lakeLayout(dataDir, 'acme') });

  const { privateKey, publicKeys } = await makeSigningKeys();
  const analytics = await startAnalytics({
    dataDir,
    temp: folder,
    port: await freePort(),
    publicKeys,
  });
  const port = await freePort();
  const provider =
    accounts && (await startIdentityProvider({ edge: `http://127.0.0.1:${port}`, accounts }));
  const identities: Record<string, string> =
    provider === undefined
      ? { DEVELOPMENT_IDENTITY: JSON.stringify(identity) }
      : {
          OIDC_ISSUER: provider.issuer,
          OIDC_NAME: 'Acme Accounts',
          OIDC_CLIENT_ID: CLIENT.id,
          OIDC_CLIENT_SECRET: CLIENT.secret,
        };
  const edge = await startEdge({
    port,
    variables: {
      ANALYTICS_URL: analytics.url,
      ASSERTION_PRIVATE_KEY: privateKey,
      EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
      ...identities,
    },
    onOutput: () => {},
    signal: new AbortController().signal,
  });
  const browser = await startChromium();
  const complaints: string[] = [];

  return {
    url: edge.url,
    dataDir,
    issuer: provider?.issuer,
    browser,
    complaints,
    async newPage(options = {}) {
      const context = await browser.newContext(options);
      // The provider's login page wants a font from the Internet; these tests want no Internet.
      await context.route('https://**', (route) => route.abort());
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        const isOfTheSite = message.location().url.startsWith(edge.url);
        if (isOfTheSite && ['error', 'warning'].includes(message.type())) {
          complaints.push(message.text());
        }
      });
      return page;
    },
    async close() {
      await browser.close();
      await edge.stop();
      await provider?.close();
      await analytics.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
