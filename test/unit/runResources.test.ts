// Runs as resources over HTTP (SPEC 4, RFC 9110): begun, watched, downloaded whole or in part, revalidated,
// cancelled; each caller's own, and never another organisation's.

import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { RunStatus } from '../../sql/contract/runStatus.ts';
import { ANALYST } from '../e2e/support/assertions.ts';
import { openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

const NOW = new Date('2026-08-01T12:00:00Z');
const SAMPLE = { sessions: 6_000, days: 40, seed: 1, transcripts: true, until: '2026-07-31' };

const JULY = {
  report: 'ai-sessions-detail',
  parameters: { from: '2026-07-01', to: '2026-07-31' },
};

let folder: string;
let service: ServiceApp;
let expected: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(folder, 'acme');
  await makeSample({ ...SAMPLE, layout });
  await cp(layout.root, lakeLayout(folder, 'other').root, { recursive: true });
  service = await openServiceApp(folder, NOW);
  expected = await runBytes(layout, readRun(JULY.report, JULY.parameters));
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

type Headers = Readonly<Record<string, string>>;

const get = (path: string, headers: Headers = {}, caller: Caller = ANALYST, method = 'GET') =>
  service.askAs(caller, { method, path, headers });

async function post(run: unknown = JULY, caller: Caller = ANALYST): Promise<Response> {
  return service.askAs(caller, { path: '/api/runs', body: JSON.stringify(run) });
}

async function statusOf(id: string, caller: Caller = ANALYST): Promise<RunStatus> {
  return v.parse(RunStatus, await (await get(`/api/runs/${id}`, {}, caller)).json());
}

/** Posts the Run and waits until it is complete. */
async function completed(run: unknown = JULY): Promise<RunStatus> {
  const { id } = v.parse(RunStatus, await (await post(run)).json());
  return vi.waitFor(async () => {
    const status = await statusOf(id);
    expect(status.status).toBe('complete');
    return status;
  }, 20_000);
}

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('POST /api/runs', () => {
  test('begins a Run and says where it is; the same Run again is the same', async () => {
    const parameters = { from: '2026-07-02', to: '2026-07-30' };
    const first = await post({ ...JULY, parameters });
    expect(first.status).toBe(202);
    const status = v.parse(RunStatus, await first.json());
    expect(first.headers.get('Location')).toBe(`/api/runs/${status.id}`);
    expect(status).toMatchObject({
      report: JULY.report,
      parameters: { ...parameters, timezone: 'America/Los_Angeles', format: 'csv' },
      sha256: null,
      links: { download: `/api/runs/${status.id}/download` },
    });
    expect(['queued', 'running']).toContain(status.status);
    await completed({ ...JULY, parameters });
    const again = await post({ ...JULY, parameters });
    expect(again.status).toBe(201);
    expect(await again.json()).toMatchObject({ id: status.id, status: 'complete', percent: 100 });
  });

  test('is a Run of its own for another organisation, which nobody else sees', async () => {
    const { id } = await completed();
    const stranger = { ...ANALYST, organisation: 'other' };
    for (const path of [`/api/runs/${id}`, `/api/runs/${id}/download`]) {
      expect((await get(path, {}, stranger)).status).toBe(404);
    }
    expect((await get(`/api/runs/${id}`, {}, stranger, 'DELETE')).status).toBe(404);
    const theirs = v.parse(RunStatus, await (await post(JULY, stranger)).json());
    expect(theirs.id).not.toBe(id);
  });

  test('of a report with messages needs a role that may read them, then and later', async () => {
    const run = { ...JULY, report: 'ai-sessions-detail-with-messages' };
    const { id } = await completed(run);
    const manager = { ...ANALYST, roles: ['team_manager'] };
    const { settingsFile } = lakeLayout(folder, 'acme');
    const before = await readFile(settingsFile, 'utf8');
    await writeFile(
      settingsFile,
      JSON.stringify({ ...JSON.parse(before), messagesRoles: ['analyst'] }),
    );
    expect((await post(run, manager)).status).toBe(403);
    expect((await get(`/api/runs/${id}`, {}, manager)).status).toBe(403);
    expect((await get(`/api/runs/${id}/download`, {}, manager)).status).toBe(403);
    const permitted = await get(`/api/runs/${id}/download`);
    expect(permitted.status).toBe(200);
    await permitted.body?.cancel();
    await writeFile(settingsFile, before);
  });
});

async function list(caller: Caller): Promise<RunStatus[]> {
  const { runs } = (await (await get('/api/runs', {}, caller)).json()) as { runs: RunStatus[] };
  return runs;
}

describe('GET /api/runs', () => {
  test('lists what the caller has asked for, and no one else’s', async () => {
    const { id } = await completed();
    const bo = { ...ANALYST, subject: 'bo@example.com' };
    expect((await list(ANALYST)).map((run) => run.id)).toContain(id);
    expect(await list(bo)).toEqual([]);
  });

  test('of a Run that is not there is 404, whatever it is called', async () => {
    for (const id of ['0'.repeat(40), 'x', '..%2f..%2fetc']) {
      const response = await get(`/api/runs/${id}`);
      expect(response.status).toBe(404);
    }
  });
});

describe('a finished Run’s download', () => {
  test('has its length, tag, digest and range of use', async () => {
    const { id, rows, bytes, sha256 } = await completed();
    const response = await get(`/api/runs/${id}/download`);
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).equals(expected)).toBe(true);
    expect({ bytes, rows }).toEqual({ bytes: expected.length, rows: expect.any(Number) });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': String(expected.length),
      etag: `"${id}"`,
      'accept-ranges': 'bytes',
      'content-location': `/api/runs/${id}/download`,
      'repr-digest': `sha-256=:${Buffer.from(sha256 ?? '', 'hex').toString('base64')}:`,
      'x-run-id': id,
      vary: 'Accept-Encoding',
    });
  });

  const ranges: [range: string, start: number, end: number | undefined][] = [
    ['bytes=0-0', 0, 1],
    ['bytes=0-299', 0, 300],
    ['bytes=250-100000', 250, 100_001],
    ['bytes=1000-', 1000, undefined],
    ['bytes=-77', -77, undefined],
    ['bytes=5-99999999', 5, undefined],
  ];

  test.each(ranges)('of %s is those bytes', async (range, start, end) => {
    const { id } = await completed();
    const response = await get(`/api/runs/${id}/download`, { Range: range });
    expect(response.status).toBe(206);
    const part = expected.subarray(start, end);
    expect((await bytesOf(response)).equals(part)).toBe(true);
    const first = expected.length + (start < 0 ? start : -expected.length + start);
    expect(response.headers.get('Content-Range')).toBe(
      `bytes ${first}-${first + part.length - 1}/${expected.length}`,
    );
    expect(response.headers.get('Content-Length')).toBe(String(part.length));
  });

  test('of a range behind its end is 416 and says how long it is', async () => {
    const { id } = await completed();
    const response = await get(`/api/runs/${id}/download`, { Range: 'bytes=99999999-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('Content-Range')).toBe(`bytes */${expected.length}`);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  });

  test.each(['bytes=a-b', 'lines=0-5', 'bytes=0-1,5-6'])(
    'of %s is the whole file, as RFC 9110 permits',
    async (range) => {
      const { id } = await completed();
      const response = await get(`/api/runs/${id}/download`, { Range: range });
      expect(response.status).toBe(200);
      expect((await bytesOf(response)).equals(expected)).toBe(true);
    },
  );

  test('of a range of another file is the whole file', async () => {
    const { id } = await completed();
    const path = `/api/runs/${id}/download`;
    const range = { Range: 'bytes=5-9' };
    const own = await get(path, { ...range, 'If-Range': `"${id}"` });
    const other = await get(path, { ...range, 'If-Range': '"other"' });
    expect([own.status, other.status]).toEqual([206, 200]);
    await Promise.all([own.body?.cancel(), other.body?.cancel()]);
  });

  test('that the client has already is 304, without a body', async () => {
    const { id } = await completed();
    for (const tag of [`"${id}"`, `W/"${id}"`, `"x", "${id}"`, '*']) {
      const response = await get(`/api/runs/${id}/download`, { 'If-None-Match': tag });
      expect(response.status).toBe(304);
      expect(await response.text()).toBe('');
    }
    const response = await get(`/api/runs/${id}/download`, { 'If-None-Match': '"other"' });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test('asked for with HEAD has the same headers and begins nothing', async () => {
    const { id } = await completed();
    const response = await get(`/api/runs/${id}/download`, {}, ANALYST, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Length')).toBe(String(expected.length));
  });
});

describe('a compressed transfer', () => {
  const read = { gzip: gunzipSync, zstd: zstdDecompressSync };

  test.each([
    ['gzip', 'gzip, deflate, br'],
    ['zstd', 'gzip, deflate, br, zstd'],
    ['zstd', '*'],
  ] as const)('is %s for a client that takes %s, and resumable', async (encoding, accepted) => {
    const { id } = await completed();
    const path = `/api/runs/${id}/download`;
    const headers = { 'Accept-Encoding': accepted };
    const whole = await get(path, headers);
    expect(whole.headers.get('Content-Encoding')).toBe(encoding);
    expect(whole.headers.get('ETag')).toBe(`"${id}-${encoding}"`);
    const bytes = await bytesOf(whole);
    expect(read[encoding](bytes).equals(expected)).toBe(true);
    expect(bytes.length).toBeLessThan(expected.length / 2);
    const rest = await get(path, { ...headers, Range: 'bytes=1000-' });
    expect(rest.status).toBe(206);
    expect((await bytesOf(rest)).equals(bytes.subarray(1000))).toBe(true);
    const again = await get(path, headers);
    expect(again.headers.get('Content-Length')).toBe(String(bytes.length));
    await again.body?.cancel();
  });

  test.each(['identity', 'br', 'gzip;q=0, zstd;q=0', 'identity, gzip;q=0.5'])(
    'is none for a client that takes %s',
    async (accepted) => {
      const { id } = await completed();
      const response = await get(`/api/runs/${id}/download`, { 'Accept-Encoding': accepted });
      expect(response.headers.get('Content-Encoding')).toBeNull();
      await response.body?.cancel();
    },
  );

  test('is not for what is compressed already', async () => {
    const { id } = await completed({
      ...JULY,
      parameters: { ...JULY.parameters, format: 'csv.gz' },
    });
    const headers = { 'Accept-Encoding': 'gzip' };
    const response = await get(`/api/runs/${id}/download`, headers);
    expect(response.headers.get('Content-Encoding')).toBeNull();
    expect(response.headers.get('Content-Type')).toBe('application/gzip');
    expect(gunzipSync(await bytesOf(response)).equals(expected)).toBe(true);
  });
});

const download = (headers: Headers) =>
  service.askAs(ANALYST, { body: JSON.stringify(JULY), headers });

describe('a download in one step', () => {
  test('is 304 for a client that has the file', async () => {
    const { id } = await completed();
    expect((await download({ 'If-None-Match': `"${id}"` })).status).toBe(304);
  });

  test('resumes only what the client says it has: the data may be newer by now', async () => {
    const { id } = await completed();
    const range = { Range: 'bytes=100-199' };
    const sure = await download({ ...range, 'If-Range': `"${id}"` });
    expect(sure.status).toBe(206);
    expect((await bytesOf(sure)).equals(expected.subarray(100, 200))).toBe(true);
    const unsure = await download(range);
    expect(unsure.status).toBe(200);
    await unsure.body?.cancel();
  });
});

describe('DELETE /api/runs/{id}', () => {
  test('cancels the Run, and says so where it is asked for', async () => {
    const parameters = { from: '2026-07-03', to: '2026-07-29' };
    const { id } = v.parse(RunStatus, await (await post({ ...JULY, parameters })).json());
    expect((await get(`/api/runs/${id}`, {}, ANALYST, 'DELETE')).status).toBe(204);
    const status = await vi.waitFor(async () => {
      const now = await statusOf(id);
      expect(now.status).toBe('cancelled');
      return now;
    }, 20_000);
    expect(status.problem).toMatchObject({ type: 'urn:ai-sessions:problem:run-cancelled' });
    expect((await get(`/api/runs/${id}/download`)).status).toBe(409);
    expect((await post({ ...JULY, parameters })).status).toBe(202);
  });
});
