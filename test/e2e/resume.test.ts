// Downloads that go on where they stopped (SPEC 4): by the system's curl, through the edge in workerd,
// after a killed client, a killed service, a full disk; and compressed for those who take it so.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JSONWebKeySet } from 'jose';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { RunStatus } from '../../sql/contract/runStatus.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, type AnalyticsOptions, startAnalytics } from './support/analytics.ts';
import { curl, headerOptions } from './support/curl.ts';
import { startEdgeBefore } from './support/edge.ts';
import { bearer } from './support/tokens.ts';

const SAMPLE = { sessions: 100_000, days: 60, seed: 1, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-06-05', to: '2026-07-31' };
const DETAIL = 'ai-sessions-detail';
const SLOWLY = ['--limit-rate', '4M'];
const WAIT = { timeout: 60_000, interval: 20 };

let folder: string;
let whole: Buffer;
let port: number;
let publicKeys: JSONWebKeySet;
let edge: EdgeProcess;
let analytics: Analytics;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(join(folder, 'data'), 'acme');
  await makeSample({ ...SAMPLE, layout });
  whole = await runBytes(layout, readRun(DETAIL, RANGE));
  const keys = await makeSigningKeys();
  ({ publicKeys } = keys);
  port = await freePort();
  edge = await startEdgeBefore(port, keys.privateKey);
});

afterAll(async () => {
  await edge.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<AnalyticsOptions> = {}): Promise<void> {
  const dataDir = join(folder, 'data');
  analytics = await startAnalytics({ dataDir, temp: folder, port, publicKeys, ...options });
}

afterEach(() => analytics.end('SIGKILL'));

const newFile = () => join(folder, `${(files += 1)}.csv`);

async function post(params: object = RANGE): Promise<RunStatus> {
  const response = await fetch(`${edge.url}/api/runs`, {
    method: 'POST',
    headers: { ...(await bearer()), 'Content-Type': 'application/json' },
    body: JSON.stringify({ report: DETAIL, params }),
  });
  expect(response.status).toBeOneOf([201, 202]);
  return v.parse(RunStatus, await response.json());
}

async function status(id: string): Promise<RunStatus> {
  const response = await fetch(`${edge.url}/api/runs/${id}`, { headers: await bearer() });
  return v.parse(RunStatus, await response.json());
}

async function untilEnded(id: string): Promise<RunStatus> {
  return vi.waitFor(async () => {
    const now = await status(id);
    expect(now.status).not.toBeOneOf(['queued', 'running']);
    return now;
  }, WAIT);
}

const urlOf = (run: RunStatus) => edge.url + run.links.download;
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a download that was cut off', () => {
  beforeEach(() => start());

  test('goes on with curl -C - and is the same file', async () => {
    const run = await post();
    const file = newFile();
    const first = curl(urlOf(run), file, [...SLOWLY, ...headerOptions(await bearer())]);
    await vi.waitFor(async () => expect(await first.arrived()).toBeGreaterThan(1_000_000), WAIT);
    first.kill();
    const cut = (await first.ended).bytes;
    expect(cut.length).toBeLessThan(whole.length);
    const options = ['--continue-at', '-', ...headerOptions(await bearer())];
    const { status: exit, bytes } = await curl(urlOf(run), file, options).ended;
    expect(exit).toBe(0);
    expect(bytes.equals(whole)).toBe(true);
    expect(await untilEnded(run.id)).toMatchObject({
      bytes: whole.length,
      sha256: sha256(whole),
    });
  });

  test('is compressed for a client that takes it so, and only for that', async () => {
    const { id } = await untilEnded((await post()).id);
    const url = `${edge.url}/api/runs/${id}/download`;
    for (const accepted of ['gzip', 'zstd']) {
      const headers = headerOptions({ ...(await bearer()), 'Accept-Encoding': accepted });
      const file = newFile();
      const packed = await curl(url, file, headers).ended;
      expect(packed.status).toBe(0);
      expect(packed.bytes.length, accepted).toBeLessThan(whole.length / 2);
      const opened = await curl(url, newFile(), [...headers, '--compressed']).ended;
      expect(opened.bytes.equals(whole), accepted).toBe(true);
    }
    const plain = await curl(url, newFile(), headerOptions(await bearer())).ended;
    expect(plain.bytes.equals(whole)).toBe(true);
  });
});

describe('a service that is killed in the middle of a Run', () => {
  test('goes on after its restart, and the file is right', async () => {
    const spoolDir = join(folder, 'kept');
    await start({ spoolDir });
    const { id } = await post();
    await vi.waitFor(async () => expect((await status(id)).percent).toBeGreaterThan(10), WAIT);
    expect(await analytics.end('SIGKILL')).toBeNull();
    await start({ spoolDir });
    const run = await untilEnded(id);
    expect(run).toMatchObject({ status: 'complete', sha256: sha256(whole) });
    const { bytes } = await curl(urlOf(run), newFile(), headerOptions(await bearer())).ended;
    expect(bytes.equals(whole)).toBe(true);
  });
});

describe('a disk that is full', () => {
  test('fails the Run with a problem that says so, and nothing else', async () => {
    await start({ spoolSpace: '6m' });
    const { id } = await post();
    expect(await untilEnded(id)).toMatchObject({
      status: 'failed',
      problem: { type: 'urn:ai-sessions:problem:spool-full' },
    });
    const small = await untilEnded((await post({ from: '2026-07-01', to: '2026-07-01' })).id);
    expect(small.status).toBe('complete');
  });
});
