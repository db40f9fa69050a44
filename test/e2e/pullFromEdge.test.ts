// `pull` from an account that is our own edge: the lake behind it comes out as a second lake.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { startAnalytics } from './support/analytics.ts';
import { startEdgeBefore } from './support/edge.ts';
import { startProgram, untilEnd } from './support/program.ts';

const EMAIL = 'ana@acme.example';
const SAMPLE = { sessions: 1000, days: 40, seed: 5, transcripts: true, until: '2026-07-31' };

/** Each session with its history: a report's times have lost the fractions that rows are sorted by. */
async function histories(layout: LakeLayout): Promise<Map<string, string>> {
  const parameters = { from: '2026-06-01', to: '2026-07-31', timezone: 'UTC' };
  const bytes = await runBytes(layout, readRun('ai-sessions-detail-with-messages', parameters));
  const rows: Record<string, string>[] = parse(bytes, { columns: true });
  expect(new Set(rows.map((row) => row['Session ID'])).size).toBe(rows.length);
  return new Map(rows.map((row) => [row['Session ID'] ?? '', row['Message History'] ?? '']));
}

test('every session and message arrives, none twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const served = lakeLayout(join(folder, 'served'), 'acme');
  const pulled = lakeLayout(join(folder, 'pulled'), 'acme');
  await makeSample({ ...SAMPLE, layout: served });
  const { privateKey, publicKeys } = await makeSigningKeys();
  const tokenKeys = await makeSigningKeys();
  const port = await freePort();
  const analytics = await startAnalytics({
    dataDir: join(folder, 'served'),
    temp: folder,
    port,
    publicKeys,
  });
  const edge = await startEdgeBefore(port, privateKey, {
    API_TOKEN_PUBLIC_KEYS: JSON.stringify(tokenKeys.publicKeys),
  });
  try {
    const token = await untilEnd(
      startProgram('cli.ts', ['token', '--email', EMAIL, '--org', 'acme', '--role', 'analyst'], {
        temp: folder,
        env: { API_TOKEN_PRIVATE_KEY: tokenKeys.privateKey },
      }),
    );
    const into = ['--data', join(folder, 'pulled'), '--org', 'acme'];
    const days = ['--from', '2026-06-20', '--to', '2026-07-31'];
    const ended = await untilEnd(
      startProgram('cli.ts', ['pull', '--url', edge.url, '--user', EMAIL, ...days, ...into], {
        temp: folder,
        env: { GLADLY_API_TOKEN: token.stdout.toString().trim() },
      }),
    );
    const { outcomes } = await checkLake(pulled, new Date());

    expect(ended.status, ended.stderr).toBe(0);
    expect(await histories(pulled)).toEqual(await histories(served));
    expect(outcomes.filter(({ count }) => count > 0)).toEqual([]);
  } finally {
    await edge.stop();
    await analytics.end('SIGTERM');
    await rm(folder, { recursive: true });
  }
});
