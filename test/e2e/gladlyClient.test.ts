// A program written for Gladly's API, by its description in DOMAIN: axios, Basic with e-mail and API
// token, JSON both ways it thinks, five minutes of patience, csvtojson on what comes back. Through
// workerd, with the real service.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { parse } from 'csv-parse/sync';
import csvtojson from 'csvtojson';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { EdgeProcess } from '../../analytics/local/edgeProcess.ts';
import { freePort } from '../../analytics/local/freePort.ts';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { readRun, runBytes } from '../unit/support/reportBytes.ts';
import { type Analytics, startAnalytics } from './support/analytics.ts';
import { startEdgeBefore } from './support/edge.ts';
import { startProgram, untilEnd } from './support/program.ts';

const SAMPLE = { sessions: 3000, days: 40, seed: 5, transcripts: true, until: '2026-07-31' };
const FIVE_MINUTES_MS = 5 * 60 * 1000;

const REQUEST = {
  metricSet: 'GladlyAISessionsDetailReport',
  timezone: 'America/New_York',
  startAt: '2026-07-01',
  endAt: '2026-07-31',
  filters: {},
};

const EMAIL = 'ana@acme.example';

/** As an operator makes one. */
async function apiToken(privateKey: string): Promise<string> {
  const args = ['token', '--email', EMAIL, '--org', 'acme', '--role', 'analyst'];
  const env = { API_TOKEN_PRIVATE_KEY: privateKey };
  const { status, stdout } = await untilEnd(startProgram('cli.ts', args, { temp: folder, env }));
  expect(status).toBe(0);
  return stdout.toString().trim();
}

let folder: string;
let layout: LakeLayout;
let edge: EdgeProcess;
let restart: () => Promise<Analytics>;
let analytics: Analytics | undefined;
let client: AxiosInstance;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(join(folder, 'data'), 'acme');
  await makeSample({ ...SAMPLE, layout });
  const { privateKey, publicKeys } = await makeSigningKeys();
  const port = await freePort();
  restart = () => startAnalytics({ dataDir: join(folder, 'data'), temp: folder, port, publicKeys });
  const tokenKeys = await makeSigningKeys();
  edge = await startEdgeBefore(port, privateKey, {
    API_TOKEN_PUBLIC_KEYS: JSON.stringify(tokenKeys.publicKeys),
  });
  client = axios.create({
    baseURL: edge.url,
    timeout: FIVE_MINUTES_MS,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    auth: { username: EMAIL, password: await apiToken(tokenKeys.privateKey) },
  });
});

afterAll(async () => {
  await edge.stop();
  await analytics?.end('SIGTERM');
  await rm(folder, { recursive: true });
});

/** Each test has a minute of the limits to itself. */
beforeEach(async () => {
  await analytics?.end('SIGKILL');
  analytics = await restart();
});

const post = (request: object): Promise<AxiosResponse> => client.post('/api/v1/reports', request);

type Row = Readonly<Record<string, string>>;

/** The rows of a Run as another reader of CSV sees them; csvtojson trims what it reads. */
async function rowsOf(report: string, parameters: object): Promise<Row[]> {
  const bytes = await runBytes(layout, readRun(report, parameters));
  const rows: Row[] = parse(bytes, { columns: true });
  return rows.map(trimmed);
}

const trimmed = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value.trim()]));

const RANGE = { from: REQUEST.startAt, to: REQUEST.endAt, timezone: REQUEST.timezone };

test('gets the rows of the report, as a CSV with Gladly’s name', async () => {
  const { status, data, headers } = await post(REQUEST);
  expect(status).toBe(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(headers['content-disposition']).toMatch(
    /^attachment; filename="GladlyAISessionsDetailReport-20260701-20260731.csv"$/,
  );
  expect(headers['ratelimit-limit-second']).toBe('10');
  expect(headers['ratelimit-remaining-second']).toBe('1');
  const rows: Row[] = await csvtojson().fromString(data);
  expect(rows.length).toBeGreaterThan(1000);
  expect(rows).toEqual(await rowsOf('ai-sessions-detail', RANGE));
});

test('gets messages whole, with their line breaks', async () => {
  const metricSet = 'GladlyAISessionsDetailWithMessagesReport';
  const { data } = await post({ ...REQUEST, metricSet, startAt: '2026-07-25' });
  const rows: Row[] = await csvtojson().fromString(data);
  const expected = await rowsOf('ai-sessions-detail-with-messages', {
    ...RANGE,
    from: '2026-07-25',
  });
  expect(rows.map(trimmed)).toEqual(expected);
  expect(rows.filter((row) => row['Message History']?.includes('\n'))).not.toEqual([]);
});

test('may group and filter as no report of Gladly AI can at Gladly', async () => {
  const filters = { channel: ['chat', 'sms'], outcome: 'handed_off', inboxes: [], teams: [] };
  const { data, headers } = await post({ ...REQUEST, aggregationLevel: 'weekly', filters });
  expect(headers['content-disposition']).toContain('-20260701-20260731-Weekly.csv');
  const rows: Row[] = await csvtojson().fromString(data);
  const parameters = { grouping: 'week', channel: ['CHAT', 'SMS'], outcome: ['handed_off'] };
  expect(rows).toEqual(await rowsOf('ai-sessions-detail', { ...RANGE, ...parameters }));
  expect(Object.keys(rows[0] ?? {})).toContain('Created Week');
});

async function refusal(asked: Promise<AxiosResponse>): Promise<AxiosResponse> {
  const error = await asked.then(
    ({ status }) => new Error(`Expected a refusal, not ${status}`),
    (thrown: unknown) => thrown,
  );
  if (!axios.isAxiosError(error) || error.response === undefined) throw error;
  return error.response;
}

test('is told every fault as Gladly tells it', async () => {
  const { status, data } = await refusal(
    post({ timezone: 'Mars/Base', filters: { teams: ['t'] } }),
  );
  expect(status).toBe(400);
  expect(data.errors).toEqual([
    { attr: 'metricSet', code: 'blank', detail: 'metricSet must be specified' },
    expect.objectContaining({ attr: 'startAt', code: 'blank' }),
    expect.objectContaining({ attr: 'endAt', code: 'blank' }),
    expect.objectContaining({ attr: 'timezone', code: 'invalid' }),
    expect.objectContaining({ attr: 'filters.teams', code: 'present' }),
  ]);
});

test('is told that it is not signed in, and how it could be', async () => {
  const auth = { username: EMAIL, password: 'guessed' };
  const asked = client.post('/api/v1/reports', REQUEST, { auth });
  const { status, headers, data } = await refusal(asked);
  expect(status).toBe(401);
  expect(headers['www-authenticate']).toContain('Basic');
  expect(data.errors).toEqual([expect.objectContaining({ attr: 'Authorization' })]);
});

test('may begin ten reports a minute, and is told when it may begin another', async () => {
  const short = { ...REQUEST, startAt: REQUEST.endAt };
  for (let report = 0; report < 10; report += 1) expect((await post(short)).status).toBe(200);
  const { status, headers, data } = await refusal(post(short));
  expect(status).toBe(429);
  expect(headers['ratelimit-remaining-second']).toBe('0');
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  expect(data.errors).toEqual([
    expect.objectContaining({ attr: 'request', code: 'temporary_failure' }),
  ]);
});
