// Why a service is not ready, without its saying where anything lies.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { healthRoutes } from '../../analytics/http/health.ts';
import { openReadiness, type Readiness } from '../../analytics/readiness.ts';

let folder: string;
let ready: Readiness;
let isStopping: boolean;
let nowMs: number;

const at = (name: string) => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  for (const name of ['data', 'spool', 'audit']) await mkdir(at(name));
  isStopping = false;
  nowMs = Date.parse('2026-08-01T12:00:00Z');
  ready = openReadiness({
    dataDir: at('data'),
    spoolDir: at('spool'),
    auditDir: at('audit'),
    isStopping: () => isStopping,
    now: () => new Date(nowMs),
  });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ['data', 'data-unreadable'],
  ['spool', 'spool-unwritable'],
  ['audit', 'audit-unwritable'],
])('without its %s folder it is %s', async (name, reason) => {
  expect(await ready()).toEqual([]);
  await rm(at(name), { recursive: true });
  nowMs += 1000;
  expect(await ready()).toEqual([reason]);
});

test('all reasons are told at once, and no path', async () => {
  await rm(folder, { recursive: true });
  const response = await healthRoutes(ready).request('/readyz');
  expect(response.status).toBe(503);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(await response.text()).toBe(
    '{"ready":false,"reasons":["data-unreadable","spool-unwritable","audit-unwritable"]}',
  );
});

test('whoever asks again within a second is told the same, but of a stop at once', async () => {
  expect(await ready()).toEqual([]);
  await rm(folder, { recursive: true });
  nowMs += 999;
  expect(await ready()).toEqual([]);
  isStopping = true;
  expect(await ready()).toEqual(['stopping']);
});

test('a clock that is set back does not keep an answer', async () => {
  expect(await ready()).toEqual([]);
  await rm(folder, { recursive: true });
  nowMs -= 3_600_000;
  expect(await ready()).toHaveLength(3);
});
