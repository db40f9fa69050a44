// What the analytics service answers to those whom the edge has let through, without ports.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { ANALYST } from '../e2e/support/assertions.ts';
import { damageData } from '../e2e/support/damage.ts';
import { openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

const NOW = new Date('2026-08-01T12:00:00Z');
const SAMPLE = { sessions: 400, days: 6, seed: 1, transcripts: true, until: '2026-07-31' };

const RUN = {
  report: 'ai-sessions-detail',
  parameters: { from: '2026-07-28', to: '2026-07-31' },
};

let folder: string;
let service: ServiceApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'damaged') });
  service = await openServiceApp(folder, NOW);
});

beforeEach(() => {
  vi.clearAllMocks();
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

const OF_DAMAGED = { ...ANALYST, organisation: 'damaged' };

describe('a download', () => {
  test('is the Run’s bytes as a file with a name, for nobody else', async () => {
    const response = await service.download(RUN);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition':
        'attachment; filename="GladlyAISessionsDetailReport-20260728-20260731.csv"',
      'cache-control': 'private, no-store',
    });
    const run = readRun(RUN.report, RUN.parameters);
    const expected = await runBytes(lakeLayout(folder, 'acme'), run);
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
  });

  test('without dates is of the 30 days before the service’s own, named with them', async () => {
    const response = await service.download({ ...RUN, parameters: { grouping: 'week' } });
    expect(response.headers.get('Content-Disposition')).toContain(
      'Report-20260702-20260731-Weekly.csv',
    );
    await response.body?.cancel();
  });

  test('leaves one event that says who, what, how much and how it ended', async () => {
    const request = 'request-7';
    const body = JSON.stringify(RUN);
    const response = await service.askAs(ANALYST, { body, headers: { 'X-Request-Id': request } });
    expect(response.headers.get('X-Request-Id')).toBe(request);
    expect(service.log).not.toHaveBeenCalled();
    await response.text();
    expect(service.log.mock.calls).toEqual([
      [
        expect.objectContaining({
          event: 'download',
          request,
          organisation: 'acme',
          report: RUN.report,
          run: response.headers.get('X-Run-Id'),
          format: 'csv',
          end: 'complete',
          bytes: expect.toSatisfy((bytes) => bytes > 20_000),
          firstByteMs: expect.any(Number),
          totalMs: expect.any(Number),
        }),
      ],
    ]);
  });

  test('that nobody takes leaves an event too', async () => {
    await (await service.download(RUN)).body?.cancel();
    expect(service.log.mock.calls).toEqual([
      [expect.objectContaining({ event: 'download', end: 'cancelled', bytes: expect.any(Number) })],
    ]);
  });

  test('breaks when it fails, and the event has the error', async () => {
    await damageData(lakeLayout(folder, 'damaged').sessionsFile('2026-07-30'));
    const response = await service.download(RUN, OF_DAMAGED);
    expect(response.status).toBe(200);
    expect(response.headers.get('Server-Timing')).toMatch(/^total;dur=[\d.]+;desc="analytics"$/);
    await expect(response.text()).rejects.toThrow('The Run broke off');
    expect(service.log.mock.calls).toEqual([
      [expect.objectContaining({ event: 'download', end: 'failed', error: expect.any(Error) })],
    ]);
  });

  test('that fails before its first byte is a problem', async () => {
    await writeFile(lakeLayout(folder, 'damaged').sessionsFile('2026-07-31'), 'garbage');
    const response = await service.download(RUN, OF_DAMAGED);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ type: 'urn:ai-sessions:problem:run-failed' });
    expect(text).not.toMatch(/garbage|parquet|damaged/i);
    expect(service.log).not.toHaveBeenCalled();
    expect(service.answered.mock.calls).toEqual([
      [
        expect.objectContaining({
          organisation: 'damaged',
          route: '/download',
          status: 500,
          problem: 'run-failed',
          error: expect.any(Error),
        }),
      ],
    ]);
  });
});

const limits = ({ headers }: Response) =>
  ['Limit', 'Remaining'].map((name) => headers.get(`Ratelimit-${name}-Second`));

describe('downloads through Gladly’s API', () => {
  test('are two at once, each until its body has ended, and tell how the limits stand', async () => {
    const asked = { path: '/api-download', body: JSON.stringify(RUN) };
    const begun: Response[] = [];
    const begin = async () => {
      const response = await service.askAs(ANALYST, asked);
      begun.push(response);
      return response;
    };
    const first = await begin();
    const second = await begin();
    expect(begun.map(limits)).toEqual([
      ['10', '1'],
      ['10', '0'],
    ]);

    const third = await begin();
    expect(third.status).toBe(429);
    expect(limits(third)).toEqual(['10', '0']);
    expect(third.headers.get('Retry-After')).toBe('5');
    expect(await third.json()).toMatchObject({ type: 'urn:ai-sessions:problem:rate-limited' });
    const other = await service.download(RUN);
    expect(other.status).toBe(200);
    await other.body?.cancel();

    const bytes = Buffer.from(await first.arrayBuffer());
    expect(
      bytes.equals(await runBytes(lakeLayout(folder, 'acme'), readRun(RUN.report, RUN.parameters))),
    ).toBe(true);
    expect((await begin()).status).toBe(200);
    await second.body?.cancel();
    expect((await begin()).status).toBe(200);
    expect((await begin()).status).toBe(429);
    for (const { body, bodyUsed } of begun) if (!bodyUsed) await body?.cancel();
  });

  test('that are refused make room at once', async () => {
    const asked = { path: '/api-download', body: JSON.stringify(RUN) };
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const refused = await service.askAs({ ...ANALYST, organisation: 'nobody' }, asked);
      expect(refused.status).toBe(404);
      await refused.text();
    }
  });
});

describe('the organisation', () => {
  test('is what its org.json and lake.json say now', async () => {
    const asked = { method: 'GET', path: '/organisation', body: '' };
    const profile = async () => (await service.askAs(ANALYST, asked)).json();
    expect(await profile()).toEqual({
      organisation: 'acme',
      name: 'Acme Outfitters',
      timezone: 'America/Los_Angeles',
      weekStart: 'monday',
      messagesRoles: ['administrator', 'team_manager', 'analyst'],
      dataThrough: expect.stringMatching(/^2026-08-01T00:00:00/),
    });
    const { settingsFile } = lakeLayout(folder, 'acme');
    const before = await readFile(settingsFile);
    await writeFile(settingsFile, '{"weekStart": "sunday"}');
    expect(await profile()).toMatchObject({ name: 'acme', timezone: 'UTC', weekStart: 'sunday' });
    await writeFile(settingsFile, before);
  });
});
