// What a scraper reads of a service that listens: right after a Run, after the same again, after one that
// failed, was refused, was cancelled. Read by a parser of the text format that is not the writer's.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GLADLY_LIMITS } from '../../analytics/http/apiLimit.ts';
import type { Log } from '../../analytics/http/logEntry.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { DEFAULT_LIMITS } from '../../analytics/runs/limits.ts';
import { type Service, startService } from '../../analytics/service.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { ANALYST, asserted, importSigningKey } from '../e2e/support/assertions.ts';
import { damageData } from '../e2e/support/damage.ts';
import { readMetrics } from './support/metricsText.ts';

const SAMPLE = { sessions: 400, days: 6, seed: 1, transcripts: false, until: '2026-07-31' };

const RUN = {
  report: 'ai-sessions-detail',
  parameters: { from: '2026-07-28', to: '2026-07-31' },
};

let folder: string;
let service: Service;
let ask: (path: string, body: string, caller?: Caller) => Promise<Response>;
const log = vi.fn<Log>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  await cp(lakeLayout(folder, 'acme').root, lakeLayout(folder, 'damaged').root, {
    recursive: true,
  });
  await damageData(lakeLayout(folder, 'damaged').sessionsFile('2026-07-30'));
  const { privateKey, publicKeys } = await makeSigningKeys();
  const key = await importSigningKey(privateKey);
  service = await startService({
    dataDir: folder,
    spoolDir: join(folder, '.spool'),
    auditDir: join(folder, '.audit'),
    memoryLimit: '500MB',
    maxTempDirectorySize: '1GB',
    limits: DEFAULT_LIMITS,
    apiLimits: GLADLY_LIMITS,
    publicKeys,
    host: '127.0.0.1',
    port: 0,
    metrics: { host: '127.0.0.1', port: 0 },
    now: () => new Date(),
    log,
  });
  ask = async (path, body, caller = ANALYST) => {
    const assertion = await asserted(key, ['POST', path, body], caller);
    const headers = { ...assertion, 'Accept-Encoding': 'identity' };
    return fetch(service.url + path, { method: 'POST', headers, body });
  };
});

afterEach(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

const download = (run: object = RUN, caller?: Caller) =>
  ask('/download', JSON.stringify(run), caller);

async function scrape() {
  const response = await fetch(service.metricsUrl ?? '');
  expect(response.headers.get('Content-Type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readMetrics(await response.text());
}

/** Downloads are told of when everything is freed, which is after the client has all. */
const told = (event: string, count: number) =>
  vi.waitFor(() => {
    expect(log.mock.calls.filter(([entry]) => entry.event === event)).toHaveLength(count);
  });

const OF_DETAIL = { report: RUN.report, format: 'csv' };

describe('the metrics of a service', () => {
  beforeEach(() => log.mockClear());

  test('before anything has been asked for are there already', async () => {
    const { samples, types } = await scrape();
    expect(samples('ai_sessions_runs_working')).toEqual([{ labels: {}, value: 0 }]);
    expect(samples('ai_sessions_spool_limit_bytes')).toEqual([{ labels: {}, value: 20e9 }]);
    expect(samples('ai_sessions_duckdb_bytes')).toEqual([]);
    expect(types.get('process_cpu_seconds_total')).toBe('counter');
    expect(types.get('nodejs_eventloop_lag_seconds')).toBe('gauge');
  });

  test('tell of a Run, and of the same again that needs none', async () => {
    const text = await (await download()).text();
    await told('download', 1);
    await told('run', 1);
    const after = await scrape();
    const rows = parse(text).length - 1;
    const bytes = Buffer.byteLength(text);
    expect(after.value('ai_sessions_runs_total', { ...OF_DETAIL, state: 'complete' })).toBe(1);
    expect(after.value('ai_sessions_run_rows_total')).toBe(rows);
    expect(after.value('ai_sessions_run_bytes_total')).toBe(bytes);
    expect(after.value('ai_sessions_run_seconds_count', { report: RUN.report })).toBe(1);
    expect(after.value('ai_sessions_run_queue_seconds_bucket', { le: '+Inf' })).toBe(1);
    expect(after.value('ai_sessions_downloads_total', { from: 'run', end: 'complete' })).toBe(1);
    expect(after.value('ai_sessions_download_bytes_total')).toBe(bytes);
    expect(after.value('ai_sessions_first_byte_seconds_count', { from: 'run' })).toBe(1);
    const rendered = after.value('ai_sessions_parts_total', { from: 'rendered' });
    expect(rendered).toBeGreaterThan(0);
    expect(after.value('ai_sessions_parts_total', { from: 'spool' })).toBe(0);
    expect(after.value('ai_sessions_spool_bytes')).toBe(bytes - text.indexOf('\n') - 1);
    expect(
      after.value('ai_sessions_duckdb_bytes', { organisation: 'acme', in: 'memory' }),
    ).toBeGreaterThan(0);
    expect(
      after.value('ai_sessions_data_through_timestamp_seconds', { organisation: 'acme' }),
    ).toBe(Date.parse('2026-08-01T00:00:00Z') / 1000);

    await (await download()).text();
    await told('download', 2);
    const again = await scrape();
    expect(again.value('ai_sessions_runs_total', { ...OF_DETAIL, state: 'complete' })).toBe(1);
    expect(again.value('ai_sessions_downloads_total', { from: 'spool', end: 'complete' })).toBe(1);
    expect(again.value('ai_sessions_download_bytes_total')).toBe(2 * bytes);
    expect(again.value('ai_sessions_parts_total', { from: 'rendered' })).toBe(rendered);
  });

  test('tell of parts that lay in the spool, when another Run needs them', async () => {
    await (await download()).text();
    const wider = { ...RUN, parameters: { from: '2026-07-27', to: '2026-07-31' } };
    await (await download(wider)).text();
    await told('run', 2);
    const after = await scrape();
    expect(after.value('ai_sessions_parts_total', { from: 'spool' })).toBeGreaterThan(0);
  });

  test('tell of a Run that failed, by the kind of its problem', async () => {
    const response = await download(RUN, { ...ANALYST, organisation: 'damaged' });
    await expect(response.text()).rejects.toThrow();
    await told('run', 1);
    await told('download', 1);
    const after = await scrape();
    expect(after.value('ai_sessions_runs_total', { ...OF_DETAIL, state: 'failed' })).toBe(1);
    expect(after.value('ai_sessions_run_failures_total', { problem: 'run-failed' })).toBe(1);
    expect(after.value('ai_sessions_downloads_total', { from: 'run', end: 'failed' })).toBe(1);
  });

  test('tell of what was refused', async () => {
    await download({ ...RUN, parameters: { from: 'never' } });
    await download(RUN, { ...ANALYST, roles: [] });
    await fetch(`${service.url}/download?secret=1`, { method: 'POST' });
    await fetch(`${service.url}/there-is-no-such-place`);
    const after = await scrape();
    expect(after.value('ai_sessions_problems_total', { problem: 'invalid-run' })).toBe(1);
    expect(after.value('ai_sessions_problems_total', { problem: 'forbidden' })).toBe(1);
    expect(after.value('ai_sessions_problems_total', { problem: 'unauthenticated' })).toBe(2);
    expect(after.value('ai_sessions_requests_total', { route: '/download', status: '401' })).toBe(
      1,
    );
    expect(after.samples('ai_sessions_runs_total')).toEqual([]);
  });

  test('tell of a download that its client broke off', async () => {
    await makeSample({ ...SAMPLE, sessions: 60_000, layout: lakeLayout(folder, 'large') });
    const response = await download(RUN, { ...ANALYST, organisation: 'large' });
    await response.body?.cancel();
    await told('download', 1);
    const after = await scrape();
    expect(after.value('ai_sessions_downloads_total', { from: 'run', end: 'cancelled' })).toBe(1);
    expect(after.value('ai_sessions_runs_total', { ...OF_DETAIL, state: 'cancelled' })).toBe(1);
    expect(after.samples('ai_sessions_run_failures_total')).toEqual([]);
  });

  test('have no label that a caller can choose', async () => {
    const caller = { ...ANALYST, organisation: 'nobody' };
    for (let index = 0; index < 5; index += 1) {
      await (await ask(`/marker-${index}`, '{}')).text();
      await (await download({ ...RUN, parameters: { agent: `marker-${index}` } })).text();
      await (await download(RUN, caller)).text();
    }
    const { text } = await scrape();
    expect(text).not.toMatch(/marker|nobody|ana@acme/);
  });

  test('are at their own port alone, and nothing else is there', async () => {
    expect((await fetch(`${service.url}/metrics`)).status).toBe(401);
    const other = new URL('/', service.metricsUrl);
    expect((await fetch(other)).status).toBe(404);
    expect((await fetch(service.metricsUrl ?? '', { method: 'POST' })).status).toBe(405);
  });
});
