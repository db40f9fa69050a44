// The audit over real processes: a download through the edge in workerd, the service killed in the middle of
// another, and what an administrator and an operator find afterwards.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { trailFiles } from '../../analytics/audit/trail.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { curl, headerOptions } from './support/curl.ts';
import { startEdgeBefore } from './support/edge.ts';
import { startProgram, untilEnd } from './support/program.ts';
import { bearer } from './support/tokens.ts';

/** Some 24 MB of CSV: more than all buffers between the service and a client take. */
const SAMPLE = { sessions: 100_000, days: 60, seed: 1, transcripts: false, until: '2026-07-31' };
const WAIT = { timeout: 60_000, interval: 20 };

let folder: string;
let edge: EdgeProcess;
let analytics: Analytics;
let start: () => Promise<Analytics>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(join(folder, 'data'), 'acme') });
  const keys = await makeSigningKeys();
  const port = await freePort();
  const options = { dataDir: join(folder, 'data'), temp: folder, port };
  start = () => startAnalytics({ ...options, publicKeys: keys.publicKeys });
  edge = await startEdgeBefore(port, keys.privateKey);
  analytics = await start();
});

afterAll(async () => {
  await edge.stop();
  await analytics.end('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

const REPORT = '/reports/ai-sessions-detail.csv?to=2026-07-31';

async function ask(path: string, roles: readonly string[] = ['analyst']): Promise<Response> {
  const headers = { ...(await bearer({ roles })), 'Accept-Encoding': 'identity' };
  return fetch(edge.url + path, { headers });
}

async function audited() {
  const response = await ask('/reports/audit.csv', ['administrator']);
  expect(response.headers.get('Content-Disposition')).toBe('attachment; filename="audit.csv"');
  return parse<Record<string, string>>(await response.text(), { columns: true });
}

test('what was done is in the audit, by whom and from where, after the service was killed too', async () => {
  const day = await ask(`${REPORT}&from=2026-07-31`);
  const bytes = (await day.arrayBuffer()).byteLength;
  expect((await ask(REPORT, ['agent'])).status).toBe(403);
  expect((await ask('/reports/no-such.csv')).status).toBe(404);

  const file = join(folder, 'killed.csv');
  const slowly = ['--limit-rate', '2M', ...headerOptions(await bearer())];
  const transfer = curl(`${edge.url}${REPORT}&from=2026-06-05`, file, slowly);
  await vi.waitFor(async () => expect(await transfer.arrived()).toBeGreaterThan(10_000), WAIT);
  await analytics.end('SIGKILL');
  expect((await transfer.ended).status).not.toBe(0);
  analytics = await start();

  const rows = await audited();
  const common = { Subject: 'ana@acme.example', Organisation: 'acme', Address: '127.0.0.1' };
  expect(rows).toEqual([
    expect.objectContaining({ ...common, Event: 'download', End: 'complete', Bytes: `${bytes}` }),
    expect.objectContaining({ ...common, Event: 'refusal', Status: '403', Roles: 'agent' }),
    expect.objectContaining({ ...common, Event: 'refusal', Problem: 'unknown-report' }),
    expect.objectContaining({ ...common, Event: 'download', End: 'interrupted', Bytes: '' }),
    expect.objectContaining({ Event: 'audit', End: 'running', Roles: 'administrator' }),
  ]);
  expect(rows[0]).toMatchObject({
    'Request ID': day.headers.get('X-Request-Id'),
    'Run ID': day.headers.get('X-Run-Id'),
  });

  const dataDir = join(folder, 'data');
  const verify = startProgram('cli.ts', ['audit', 'verify', '--data', dataDir], { temp: folder });
  const { status, stdout } = await untilEnd(verify);
  expect(status).toBe(0);
  expect(stdout.toString()).toMatch(/^acme: \d+ lines, the last is /);

  const { Authorization = '' } = await bearer();
  const written = await readFile(trailFiles(join(dataDir, '.audit'), 'acme').events, 'utf8');
  const everything = written + JSON.stringify(analytics.log) + analytics.noise.join('\n');
  for (const text of [Authorization.slice(0, 30), 'eyJ']) expect(everything).not.toContain(text);
});
