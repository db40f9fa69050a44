// Clients that take the head of a download and then nothing more cost the service a file handle each
// (DESIGN 7.5), and nothing once they have hung up: real sockets, the service as its own process.

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import type { SigningKey } from '../../worker/settings.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { asserted, importSigningKey } from './support/assertions.ts';

/** Some 24 MB of CSV: more than all buffers between the service and a client take. */
const SAMPLE = { sessions: 100_000, days: 60, seed: 1, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-06-05', to: '2026-07-31' };

/** If a client that stalls kept a Run's place or a statement, there would be none for the next Run. */
const ONE_AT_ONCE = ['--runs-at-once', '1', '--statements-at-once', '1'];

const runIn = (timezone: string) => readRun('ai-sessions-detail', { ...RANGE, timezone });
/** Made before anyone stalls. */
const MADE = runIn('UTC');
/** Begun by those who stall. */
const BEGUN = runIn('Asia/Tokyo');
const OTHER = runIn('Asia/Kathmandu');
const CLIENTS = 50;

const WAIT = { timeout: 60_000, interval: 20 };

let folder: string;
let whole: Buffer;
let key: SigningKey;
let analytics: Analytics;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  await makeSample({ ...SAMPLE, layout: lakeLayout(dataDir, 'acme') });
  whole = await runBytes(lakeLayout(dataDir, 'acme'), OTHER);
  const { privateKey, publicKeys } = await makeSigningKeys();
  key = await importSigningKey(privateKey);
  const options = { dataDir, temp: folder, port: 0, publicKeys };
  analytics = await startAnalytics({ ...options, flags: ONE_AT_ONCE });
});

afterAll(async () => {
  await analytics.end('SIGKILL');
  await rm(folder, { recursive: true });
});

/** The response's head; nothing of its body is taken unless somebody reads it. */
async function head(run: object): Promise<IncomingMessage> {
  const body = JSON.stringify(run);
  const headers = await asserted(key, ['POST', '/download', body]);
  const asking = request(`${analytics.url}/download`, { method: 'POST', headers, agent: false });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  return response;
}

/** What the service's file handles stand for. */
async function handles(): Promise<string[]> {
  const all = `/proc/${analytics.pid}/fd`;
  const targets = (await readdir(all)).map((fd) => readlink(join(all, fd)).catch(() => ''));
  return (await Promise.all(targets)).filter((target) => target !== '');
}

const partsIn = (all: readonly string[]) => all.filter((target) => target.includes('/parts/'));
const socketsIn = (all: readonly string[]) => all.filter((target) => target.startsWith('socket:'));

async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${analytics.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

const ended = (event: string) => analytics.log.filter((entry) => entry['event'] === event);

test('50 clients that stall hold a file handle each, and nothing when they have hung up', async () => {
  for await (const _ of await head(MADE));
  await vi.waitFor(() => expect(ended('download')).toHaveLength(1), WAIT);
  const before = { sockets: socketsIn(await handles()).length, bytes: await residentBytes() };

  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, index) => head(index % 2 === 0 ? MADE : BEGUN)),
  );
  await vi.waitFor(async () => expect(partsIn(await handles())).toHaveLength(CLIENTS), WAIT);
  expect((await residentBytes()) - before.bytes).toBeLessThan((CLIENTS * whole.length) / 4);

  const bytes = Buffer.concat(await Array.fromAsync(await head(OTHER)));
  expect(bytes.equals(whole)).toBe(true);
  await vi.waitFor(() => expect(ended('download')).toHaveLength(2), WAIT);
  await vi.waitFor(async () => expect(partsIn(await handles())).toHaveLength(CLIENTS), WAIT);

  for (const client of clients) client.destroy();
  await vi.waitFor(() => expect(ended('download')).toHaveLength(2 + CLIENTS), WAIT);
  expect(ended('download').slice(-CLIENTS)).toEqual(
    clients.map(() => expect.objectContaining({ end: 'cancelled' })),
  );
  await vi.waitFor(async () => {
    const now = await handles();
    expect(partsIn(now)).toEqual([]);
    expect(socketsIn(now).length).toBeLessThanOrEqual(before.sockets);
  }, WAIT);
  // What nobody wants any more is let go of as its statement ends, which is after the last client's.
  await vi.waitFor(async () => expect(await analytics.inHand()).toEqual([]), WAIT);
});
