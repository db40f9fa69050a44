// A report of more than 300 MB through workerd: broken half way, when it must not look whole, and whole
// once the service is back.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { literal } from '../../analytics/engine/open.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { addDays } from '../../sql/contract/localDate.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { curl, headerOptions, PARTIAL_FILE } from './support/curl.ts';
import { startEdgeBefore } from './support/edge.ts';
import { bearer } from './support/tokens.ts';

const MB = 1_000_000;
const SAMPLE = { sessions: 60_000, days: 30, seed: 1, transcripts: false };
const FIRST_DAY = '2026-07-02';
const LAST_DAY = '2026-07-31';
const RATIONALE_CHARACTERS = 5200;

/** Slow enough to be in the middle when the service is killed. */
const SLOWLY = ['--limit-rate', '100M'];

const WAIT = { timeout: 60_000, interval: 10 };

let folder: string;
let analytics: Analytics;
let restart: () => Promise<Analytics>;
let edge: EdgeProcess;

/** Gives every session so long a rationale that the same rows make a large report. */
async function swell(layout: LakeLayout, days: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const day of days) {
    const file = layout.sessionsFile(day);
    await connection.run(`
      copy (
        select * replace (repeat('x', ${RATIONALE_CHARACTERS}) as transfer_rationale)
        from read_parquet(${literal(file)}, hive_partitioning = false)
      ) to ${literal(`${file}.new`)} (format parquet, compression zstd)`);
    await rename(`${file}.new`, file);
  }
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  const layout = lakeLayout(dataDir, 'acme');
  await makeSample({ ...SAMPLE, until: LAST_DAY, layout });
  const days = Array.from({ length: SAMPLE.days }, (_, day) => addDays(FIRST_DAY, day));
  await swell(layout, days);
  const { privateKey, publicKeys } = await makeSigningKeys();
  const port = await freePort();
  restart = () => startAnalytics({ dataDir, temp: folder, port, publicKeys });
  edge = await startEdgeBefore(port, privateKey);
});

afterAll(async () => {
  await analytics.end('SIGKILL');
  await edge.stop();
  await rm(folder, { recursive: true });
});

async function download(name: string, options: readonly string[] = []) {
  const url = `${edge.url}/reports/ai-sessions-detail.csv?from=${FIRST_DAY}&to=${LAST_DAY}`;
  return curl(url, join(folder, name), [...options, ...headerOptions(await bearer())]);
}

async function sha256(file: string, end: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { end: end - 1 })) hash.update(chunk);
  return hash.digest('hex');
}

test('a report of 300 MB arrives whole, or is known not to have', async () => {
  analytics = await restart();
  const broken = await download('broken.csv', SLOWLY);
  await vi.waitFor(async () => expect(await broken.arrived()).toBeGreaterThan(150 * MB), WAIT);
  await analytics.end('SIGKILL');
  expect((await broken.ended).status).toBe(PARTIAL_FILE);

  analytics = await restart();
  const whole = await download('whole.csv');
  expect((await whole.ended).status).toBe(0);
  const { size } = await stat(whole.file);
  expect(size).toBeGreaterThan(300 * MB);

  const arrived = (await stat(broken.file)).size;
  expect(arrived).toBeLessThan(size);
  expect(await sha256(broken.file, arrived)).toBe(await sha256(whole.file, arrived));
});
