// A download that cannot be completed never looks complete, and one that nobody wants any more frees
// everything (DESIGN 4, 5): straight from the service, and through the edge in workerd and in Deno.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import type { SigningKey } from '../../worker/settings.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { asserted, importSigningKey } from './support/assertions.ts';
import { curl, headerOptions, PARTIAL_FILE, type Transfer } from './support/curl.ts';
import { damageData } from './support/damage.ts';
import { startDeno } from './support/deno.ts';
import { startEdgeBefore } from './support/edge.ts';
import { bearer } from './support/tokens.ts';

/** Some 24 MB of CSV: more than all buffers between the service and a client take. */
const SAMPLE = { sessions: 100_000, days: 60, seed: 1, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-06-05', to: '2026-07-31' };
const RUN = readRun('ai-sessions-detail', RANGE);
const DAMAGED_DAY = '2026-07-25';

/** One segment, which takes its time. */
const LONG_DAY = { sessions: 80_000, days: 1, seed: 1, transcripts: false, until: '2026-07-01' };

/** Slow enough for a Run to be in the middle, quick enough to end. */
const SLOWLY = ['--limit-rate', '4M'];

const WAIT = { timeout: 60_000, interval: 20 };

let folder: string;
let whole: Buffer;
let workerd: EdgeProcess;
let deno: EdgeProcess;
let key: SigningKey;
let analytics: Analytics;
let restart: (dataDir: string) => Promise<Analytics>;
let transfers = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(join(folder, 'good'), 'acme');
  await makeSample({ ...SAMPLE, layout });
  await cp(join(folder, 'good'), join(folder, 'damaged'), { recursive: true });
  await damageData(lakeLayout(join(folder, 'damaged'), 'acme').sessionsFile(DAMAGED_DAY));
  await makeSample({ ...LONG_DAY, layout: lakeLayout(join(folder, 'long'), 'acme') });
  whole = await runBytes(layout, RUN);

  const keys = await makeSigningKeys();
  key = await importSigningKey(keys.privateKey);
  const port = await freePort();
  restart = (dataDir) =>
    startAnalytics({
      dataDir,
      temp: folder,
      port,
      publicKeys: keys.publicKeys,
      flags: ['--stop-within', '0'],
    });
  workerd = await startEdgeBefore(port, keys.privateKey);
  deno = await startEdgeBefore(port, keys.privateKey, {}, startDeno);
});

afterAll(async () => {
  await workerd.stop();
  await deno.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(() => analytics.end('SIGKILL'));

type Way = (options?: readonly string[]) => Promise<Transfer>;

const newFile = () => join(folder, `${(transfers += 1)}.csv`);

const directly: Way = async (options = []) => {
  const body = JSON.stringify(RUN);
  const headers = await asserted(key, ['POST', '/download', body]);
  const all = [...options, ...headerOptions(headers), '--data-raw', body];
  return curl(`${analytics.url}/download`, newFile(), all);
};

const through =
  (edge: () => { readonly url: string }): Way =>
  async (options = []) => {
    const query = new URLSearchParams(RANGE).toString();
    const url = `${edge().url}/reports/ai-sessions-detail.csv?${query}`;
    return curl(url, newFile(), [...options, ...headerOptions(await bearer())]);
  };

const WAYS: [string, Way][] = [
  ['directly', directly],
  ['through the edge in workerd', through(() => workerd)],
  ['through the edge in Deno', through(() => deno)],
];

const downloads = () => analytics.log.filter(({ event }) => event === 'download');

async function expectOneEnd(end: object): Promise<void> {
  await vi.waitFor(() => expect(downloads()).toEqual([expect.objectContaining(end)]), WAIT);
  await vi.waitFor(async () => expect(await analytics.inHand()).toEqual([]), WAIT);
}

function expectPrefix(bytes: Buffer): void {
  expect(bytes.length).toBeLessThan(whole.length);
  expect(whole.subarray(0, bytes.length).equals(bytes)).toBe(true);
}

async function untilInTheMiddle(transfer: Transfer): Promise<void> {
  await vi.waitFor(async () => expect(await transfer.arrived()).toBeGreaterThan(10_000), WAIT);
}

describe.each(WAYS)('%s', (_, download) => {
  describe('from a lake that is whole', () => {
    beforeEach(async () => {
      analytics = await restart(join(folder, 'good'));
    });

    test('a download is whole, however slowly it is taken', async () => {
      const quick = await download();
      const { status, bytes } = await (await download(['--limit-rate', '20M'])).ended;
      expect(status).toBe(0);
      expect(bytes.equals(whole)).toBe(true);
      expect((await quick.ended).bytes.equals(whole)).toBe(true);
      await vi.waitFor(() => expect(downloads()).toHaveLength(2), WAIT);
      expect(await analytics.inHand()).toEqual([]);
    });

    test('a client that goes away in the middle frees everything', async () => {
      const transfer = await download(SLOWLY);
      await untilInTheMiddle(transfer);
      expect(downloads()).toEqual([]);
      transfer.kill();
      await expectOneEnd({ end: 'cancelled' });
      expectPrefix((await transfer.ended).bytes);
      expect(analytics.noise).toEqual([]);
    });

    test('a service that is killed in the middle breaks the transfer', async () => {
      const transfer = await download(SLOWLY);
      await untilInTheMiddle(transfer);
      expect(await analytics.end('SIGKILL')).toBeNull();
      const { status, bytes } = await transfer.ended;
      expect(status).toBe(PARTIAL_FILE);
      expectPrefix(bytes);
    });

    test('a service that is stopped in the middle breaks the transfer and leaves nothing', async () => {
      const transfer = await download(SLOWLY);
      await untilInTheMiddle(transfer);
      expect(await analytics.end('SIGTERM')).toBe(0);
      expect(await analytics.inHand()).toEqual([]);
      expect(analytics.noise).toEqual([]);
      const { status, bytes } = await transfer.ended;
      expect(status).toBe(PARTIAL_FILE);
      expectPrefix(bytes);
      expect(downloads()).toEqual([expect.objectContaining({ end: 'cancelled' })]);
    });
  });

  describe('from a lake with a damaged day', () => {
    beforeEach(async () => {
      analytics = await restart(join(folder, 'damaged'));
    });

    test.each([
      ['at full speed', []],
      ['slowly', ['--limit-rate', '20M']],
    ])('a transfer that is taken %s breaks after a part that is right', async (__, options) => {
      const { status, bytes } = await (await download(options)).ended;
      expect(status).toBe(PARTIAL_FILE);
      expectPrefix(bytes);
      await expectOneEnd({ end: 'failed' });
      // @hono/node-server prints the body's error; it must not tell of the data.
      expect(analytics.noise.join('\n')).not.toMatch(/parquet|zstd|segment|day=/i);
    });
  });
});

async function untilRendering(): Promise<Transfer> {
  const transfer = await directly();
  await vi.waitFor(async () => expect(await analytics.drafts()).toBe(1), WAIT);
  await vi.waitFor(async () => expect(await transfer.arrived()).toBeGreaterThan(0), WAIT);
  return transfer;
}

describe('while a segment is being rendered', () => {
  beforeEach(async () => {
    analytics = await restart(join(folder, 'long'));
  });

  test('a client can go away, and that ends it', async () => {
    const transfer = await untilRendering();
    transfer.kill();
    await expectOneEnd({ end: 'cancelled' });
    expect((await transfer.ended).bytes.toString()).toMatch(/^Session ID,[^\n]+\n$/);
  });

  test('the service can be stopped, and leaves nothing', async () => {
    const transfer = await untilRendering();
    expect(await analytics.end('SIGTERM')).toBe(0);
    expect(await analytics.inHand()).toEqual([]);
    expect((await transfer.ended).status).toBe(PARTIAL_FILE);
  });
});
