// A service that is told to stop, as its process: what is under way is finished in time or goes on after
// a restart, nothing new begins, and nothing that is broken off looks whole.

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { JSONWebKeySet } from 'jose';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { RUNS_PATH, RunStatus, runLinks } from '../../sql/contract/runStatus.ts';
import type { SigningKey } from '../../worker/settings.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, type AnalyticsOptions, startAnalytics } from './support/analytics.ts';
import { asserted, importSigningKey } from './support/assertions.ts';
import { curl, headerOptions, type Transfer } from './support/curl.ts';

/** As a shell counts it. */
const SIGTERM_STATUS = 128 + 15;

/** Some 24 MB of CSV: more than all buffers between the service and a client take. */
const SAMPLE = { sessions: 100_000, days: 60, seed: 1, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-06-05', to: '2026-07-31' };
const DETAIL = 'ai-sessions-detail';
const RUN = JSON.stringify(readRun(DETAIL, RANGE));

/** Two seconds for all of it. */
const SLOWLY = ['--limit-rate', '12M'];
const WAIT = { timeout: 60_000, interval: 20 };

let folder: string;
let whole: Buffer;
let key: SigningKey;
let publicKeys: JSONWebKeySet;
let port: number;
let analytics: Analytics;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(join(folder, 'data'), 'acme');
  await makeSample({ ...SAMPLE, layout });
  whole = await runBytes(layout, readRun(DETAIL, RANGE));
  const keys = await makeSigningKeys();
  ({ publicKeys } = keys);
  key = await importSigningKey(keys.privateKey);
  port = await freePort();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

afterEach(() => analytics.end('SIGKILL'));

async function start(options: Partial<AnalyticsOptions> = {}): Promise<void> {
  const dataDir = join(folder, 'data');
  analytics = await startAnalytics({ dataDir, temp: folder, port, publicKeys, ...options });
}

async function ask(method: string, path: string, body = ''): Promise<Response> {
  const headers = await asserted(key, [method, path, body]);
  return fetch(analytics.url + path, { method, headers, ...(body === '' ? {} : { body }) });
}

async function status(id: string): Promise<RunStatus> {
  return v.parse(RunStatus, await (await ask('GET', runLinks(id).self)).json());
}

async function post(): Promise<string> {
  const response = await ask('POST', RUNS_PATH, RUN);
  return v.parse(RunStatus, await response.json()).id;
}

/** A download that has begun and takes its time. */
async function slowDownload(): Promise<Transfer> {
  const headers = headerOptions(await asserted(key, ['POST', '/download', RUN]));
  const options = [...SLOWLY, ...headers, '--data-raw', RUN];
  const transfer = curl(`${analytics.url}/download`, join(folder, 'slow.csv'), options);
  await vi.waitFor(async () => expect(await transfer.arrived()).toBeGreaterThan(1000), WAIT);
  return transfer;
}

/** A download that has begun, of which its client takes nothing yet. */
async function stalledDownload(): Promise<IncomingMessage> {
  const headers = await asserted(key, ['POST', '/download', RUN]);
  const asking = request(`${analytics.url}/download`, { method: 'POST', headers, agent: false });
  asking.end(RUN);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return response;
}

/** Sends the signal, and waits until the service has taken notice. */
async function tellToStop(): Promise<{ readonly gone: Promise<number | null> }> {
  const gone = analytics.end('SIGTERM');
  await vi.waitFor(
    () => expect(analytics.log).toContainEqual(expect.objectContaining({ event: 'stopping' })),
    WAIT,
  );
  return { gone };
}

async function expectBusy(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  expect(response.status).toBe(503);
  expect(response.headers.get('Retry-After')).toMatch(/^\d+$/);
  expect(await response.json()).toMatchObject({ type: 'urn:ai-sessions:problem:busy' });
}

test('what is under way is finished, and nothing new begins meanwhile', async () => {
  await start();
  const ready = await fetch(`${analytics.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true, reasons: [] }]);
  const id = await post();
  const transfer = await slowDownload();

  const { gone } = await tellToStop();
  const stopping = await fetch(`${analytics.url}/readyz`);
  expect([stopping.status, await stopping.json()]).toEqual([
    503,
    { ready: false, reasons: ['stopping'] },
  ]);
  expect((await fetch(`${analytics.url}/healthz`)).status).toBe(200);
  await expectBusy(ask('POST', '/download', RUN));
  await expectBusy(ask('POST', '/api-download', RUN));
  await expectBusy(ask('POST', RUNS_PATH, RUN));
  await expectBusy(ask('GET', runLinks(id).download));
  expect((await status(id)).id).toBe(id);

  const { status: exit, bytes } = await transfer.ended;
  expect(exit).toBe(0);
  expect(bytes.equals(whole)).toBe(true);
  expect(await gone).toBe(0);
  const ends = analytics.log.flatMap(({ event, end, state }) =>
    event === 'download' || event === 'run' ? [end ?? state] : [],
  );
  expect(ends).toEqual(['complete', 'complete']);
});

test('what takes too long is broken off, and a Run goes on after the restart', async () => {
  const spoolDir = join(folder, 'kept');
  await start({ spoolDir, flags: ['--stop-within', '0'] });
  const id = await post();
  const stalled = await stalledDownload();
  await vi.waitFor(async () => expect((await status(id)).percent).toBeGreaterThan(10), WAIT);
  const { gone } = await tellToStop();
  expect(await gone).toBe(0);
  await expect(buffer(stalled)).rejects.toThrow();
  expect(analytics.noise).toEqual([]);
  expect(analytics.log).not.toContainEqual(expect.objectContaining({ event: 'run' }));

  await start({ spoolDir });
  await vi.waitFor(async () => expect((await status(id)).status).toBe('complete'), WAIT);
  const file = await ask('GET', runLinks(id).download);
  expect(Buffer.from(await file.arrayBuffer()).equals(whole)).toBe(true);
});

test('whoever does not want to wait tells it twice', async () => {
  await start({ flags: ['--stop-within', '600'] });
  const stalled = await stalledDownload();
  const { gone } = await tellToStop();
  await analytics.end('SIGTERM');
  expect(await gone).toBe(SIGTERM_STATUS);
  await expect(buffer(stalled)).rejects.toThrow();
});

test('a spool on a full disk is told by /readyz, and by /healthz not', async () => {
  await start({ spoolSpace: '6m' });
  const ready = await fetch(`${analytics.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ ready: false, reasons: ['spool-without-room'] });
  expect((await fetch(`${analytics.url}/healthz`)).status).toBe(200);
});
