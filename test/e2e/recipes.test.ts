// What sql/README.md tells other programs to do with a report, as it stands there, with everything real:
// curl asks for a link, and JavaScript reads the Arrow stream behind it.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { startEdgeBefore } from './support/edge.ts';
import { startProgram, untilEnd } from './support/program.ts';

const SAMPLE = { sessions: 500, days: 20, seed: 5, transcripts: false, until: '2026-07-31' };
const RANGE = { from: '2026-07-01', to: '2026-07-31' };
const EMAIL = 'ana@acme.example';

const page = await readFile('sql/README.md', 'utf8');
const [askForLink = ''] = page.match(/^curl .*\/api\/links[^`]*/m) ?? [];
const [, readArrow = ''] = page.match(/```js\n(.*?)```/s) ?? [];

let folder: string;
let analytics: Analytics;
let edge: EdgeProcess;
let token: string;
let expected: Buffer;

/** Runs a program to its end with the names that the page uses. */
async function output(command: string, args: readonly string[], names: Record<string, string>) {
  const program = spawn(command, args, {
    env: { ...process.env, ...names },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { status, stdout, stderr } = await untilEnd(program);
  expect(status, stderr).toBe(0);
  return stdout.toString();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const dataDir = join(folder, 'data');
  const layout = lakeLayout(dataDir, 'acme');
  await makeSample({ ...SAMPLE, layout });
  expected = await runBytes(layout, readRun('ai-sessions-detail', RANGE));

  const [assertionKeys, tokenKeys] = [await makeSigningKeys(), await makeSigningKeys()];
  const args = ['token', '--email', EMAIL, '--org', 'acme', '--role', 'analyst'];
  const env = { API_TOKEN_PRIVATE_KEY: tokenKeys.privateKey };
  const made = await untilEnd(startProgram('cli.ts', args, { temp: folder, env }));
  token = made.stdout.toString().trim();

  const port = await freePort();
  const { publicKeys, privateKey } = assertionKeys;
  analytics = await startAnalytics({ dataDir, temp: folder, port, publicKeys });
  edge = await startEdgeBefore(port, privateKey, {
    EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
    API_TOKEN_PUBLIC_KEYS: JSON.stringify(tokenKeys.publicKeys),
  });
});

afterAll(async () => {
  await edge.stop();
  await analytics.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

test('a link asked for with curl is read as an Arrow table in JavaScript', async () => {
  const answer = await output('sh', ['-c', askForLink], { EDGE: edge.url, TOKEN: token });
  const { url } = JSON.parse(answer);

  const program = `const link = process.env.LINK; ${readArrow}
    console.log(JSON.stringify(table.toArray().map((row) => row['Session ID'])));`;
  const node = ['--input-type=module', '--eval', program];
  const read = await output(process.execPath, node, { LINK: url });

  const rows: Record<string, string>[] = parse(expected, { columns: true });
  expect(rows.length).toBeGreaterThan(400);
  expect(JSON.parse(read)).toEqual(rows.map((row) => row['Session ID']));
});
