// What the worker asks the analytics service, and what it makes of the answers (DESIGN 5).

import { jwtVerify } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  AssertionClaims,
  requestHash,
} from '../../sql/contract/assertion.ts';
import { problemResponse } from '../../sql/contract/problem.ts';
import { parseRun } from '../../sql/contract/run.ts';
import { ADDRESS, ASSERTION_KEY, type Call, edge, NOW, NOW_SECONDS, token } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';
const CSV = { 'Content-Type': 'text/csv; charset=utf-8' };

function assertionOf(call: Call | undefined): string {
  return call?.headers.get('Authorization')?.replace('Bearer ', '') ?? '';
}

function verify(assertion: string, currentDate: Date) {
  return jwtVerify(assertion, ASSERTION_KEY.publicKey, {
    algorithms: ['EdDSA'],
    issuer: ASSERTION_ISSUER,
    audience: ASSERTION_AUDIENCE,
    currentDate,
  });
}

describe('the question', () => {
  it('is one POST of the Run, as JSON that parses to the same Run', async () => {
    const { ask, calls } = edge();
    await ask(`${REPORT}?from=2026-07-01&to=2026-07-31&channel=SMS&channel=CHAT&excel=true`);
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      method: 'POST',
      url: 'http://analytics.internal:8790/download',
    });
    expect(calls[0]?.headers.get('Content-Type')).toBe('application/json');
    expect(calls[0]?.headers.get('Accept-Encoding')).toBe('identity');
    const sent = JSON.parse(calls[0]?.body ?? '');
    expect(sent).toMatchObject({
      report: 'ai-sessions-detail',
      parameters: { from: '2026-07-01', channel: ['CHAT', 'SMS'], excel: true },
    });
    expect(parseRun(sent)).toEqual({ run: sent });
  });

  it('carries an assertion of who asks, signed, for this request and one minute', async () => {
    const { ask, calls } = edge();
    await ask(REPORT);
    const assertion = assertionOf(calls[0]);
    const { payload, protectedHeader } = await verify(assertion, NOW);
    expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: ASSERTION_KEY.kid });
    expect(v.parse(AssertionClaims, payload)).toEqual({
      caller: { subject: 'ana@acme.example', organisation: 'acme', roles: ['analyst'] },
      client: { address: ADDRESS },
      request: await requestHash('POST', '/download', calls[0]?.body ?? ''),
    });
    expect(payload).toMatchObject({ iat: NOW_SECONDS, exp: NOW_SECONDS + 60 });
    await expect(verify(assertion, new Date('2026-08-01T12:01:00Z'))).rejects.toThrow('exp');
  });

  it('has another assertion for another Run', async () => {
    const { ask, calls } = edge();
    await ask(`${REPORT}?from=2026-07-01`);
    await ask(`${REPORT}?from=2026-07-02`);
    expect(assertionOf(calls[0])).not.toBe(assertionOf(calls[1]));
  });

  it('never carries the caller’s own token', async () => {
    const { ask, calls } = edge();
    const bearer = await token();
    await ask(REPORT, { headers: { Authorization: `Bearer ${bearer}`, Cookie: 'a=b' } });
    expect([...(calls[0]?.headers ?? [])].flat().join()).not.toContain(bearer);
    expect(calls[0]?.headers.has('Cookie')).toBe(false);
  });

  it('carries the request id that the caller gets', async () => {
    const { ask, calls } = edge();
    const response = await ask(REPORT);
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/);
    expect(calls[0]?.headers.get('X-Request-Id')).toBe(response.headers.get('X-Request-Id'));
  });

  it('is taken back when the caller goes away', async () => {
    const leaving = new AbortController();
    const { ask, calls } = edge();
    const headers = { Authorization: `Bearer ${await token()}` };
    await ask(REPORT, { headers, signal: leaving.signal });
    expect(calls[0]?.signal.aborted).toBe(false);
    leaving.abort();
    expect(calls[0]?.signal.aborted).toBe(true);
  });

  it('is not asked for HEAD, which answers like GET would begin', async () => {
    const { ask, calls } = edge();
    const response = await ask(REPORT, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch('text/csv');
    expect(await response.text()).toBe('');
    expect(calls).toEqual([]);
    expect((await ask(`${REPORT}?from=x`, { method: 'HEAD' })).status).toBe(400);
    expect((await ask(REPORT, { method: 'HEAD', headers: {} })).status).toBe(401);
  });
});

describe('the answer', () => {
  it('is handed on as the very same stream', async () => {
    const body = new ReadableStream();
    const { ask } = edge(() => new Response(body, { headers: CSV }));
    expect((await ask(REPORT)).body).toBe(body);
  });

  it('keeps the headers that describe the file, and no others', async () => {
    const kept = {
      'accept-ranges': 'bytes',
      'content-disposition': 'attachment; filename="GladlyAISessionsDetailReport.csv"',
      'content-length': '11',
      'content-type': 'text/csv; charset=utf-8',
      etag: '"abc"',
      'last-modified': 'Sat, 01 Aug 2026 12:00:00 GMT',
      'x-data-through': '2026-08-01T11:00:00Z',
      'x-run-id': 'r1',
      'x-run-rows': '0',
    };
    const dropped = {
      'access-control-allow-origin': '*',
      connection: 'keep-alive',
      'content-security-policy': 'default-src *',
      'referrer-policy': 'unsafe-url',
      server: 'analytics',
      'set-cookie': 'a=b',
      'x-internal': 'lake-7',
    };
    const headers = { ...kept, ...dropped, 'x-content-type-options': 'none' };
    const response = await edge(() => new Response('Session ID\n', { headers })).ask(REPORT);
    for (const [name, value] of Object.entries(kept)) {
      expect(response.headers.get(name), name).toBe(value);
    }
    for (const [name, value] of Object.entries(dropped)) {
      expect(response.headers.get(name), name).not.toBe(value);
    }
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
  });

  it('may say itself how it is cached', async () => {
    const headers = { ...CSV, 'Cache-Control': 'private, max-age=60' };
    const response = await edge(() => new Response('', { headers })).ask(REPORT);
    expect(response.headers.get('Cache-Control')).toBe('private, max-age=60');
  });

  it('breaks when the service’s body breaks', async () => {
    const pulls = [() => 'Session ID\n', () => Promise.reject(new Error('segment 2'))];
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(await pulls.shift()?.()));
      },
    });
    const response = await edge(() => new Response(body, { headers: CSV })).ask(REPORT);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('segment 2');
  });

  it.each([
    { kind: 'forbidden', detail: 'Cannot read messages: your organisation permits others' },
    { kind: 'unknown-organisation' },
    { kind: 'run-failed' },
  ] as const)('is handed on when it is a problem: $kind', async (problem) => {
    const { ask } = edge(() => problemResponse(problem, { 'Retry-After': '7' }));
    const response = await ask(REPORT);
    const expected = problemResponse(problem);
    expect(response.status).toBe(expected.status);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(response.headers.get('Retry-After')).toBe('7');
    expect(await response.text()).toBe(await expected.text());
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ['nothing', () => Promise.reject(new TypeError('fetch failed: 10.0.0.7'))],
    ['a page', () => new Response('<h1>', { headers: { 'Content-Type': 'text/html' } })],
    ['an error that is no problem', () => new Response('oops', { status: 500 })],
    ['CSV with a failing status', () => new Response('oops', { status: 502, headers: CSV })],
    ['a part of the file', () => new Response('oops', { status: 206, headers: CSV })],
    ['no type', () => new Response(new Uint8Array(3))],
    ['a redirect', () => new Response(null, { status: 302, headers: { Location: '/elsewhere' } })],
  ])('is 503 when the service gives %s', async (_, upstream) => {
    const { ask, lines } = edge(upstream);
    const response = await ask(REPORT);
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(JSON.parse(text).type).toBe('urn:ai-sessions:problem:analytics-unavailable');
    expect(text).not.toMatch(/oops|10\.0\.0\.7/);
    expect(lines).toEqual([expect.stringContaining('Cannot use the analytics service')]);
    expect(lines.join()).not.toContain('10.0.0.7');
  });

  it('that refuses the assertion is the operator’s matter, not the caller’s', async () => {
    const { ask, lines } = edge(() => problemResponse({ kind: 'unauthenticated', detail: 'x' }));
    const response = await ask(REPORT);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ type: 'urn:ai-sessions:problem:misconfigured' });
    expect(lines).toEqual([expect.stringContaining('compare the keys')]);
  });
});

const json = (status: number, headers: Record<string, string> = {}) =>
  new Response('{}', { status, headers: { 'Content-Type': 'application/json', ...headers } });
const authorized = async (headers: Record<string, string> = {}) => ({
  Authorization: `Bearer ${await token()}`,
  ...headers,
});

describe('a Run as a resource', () => {
  const ID = '0123456789abcdef0123456789abcdef01234567';
  it('is begun with report and params, and found where Location says', async () => {
    const { ask, calls } = edge(() => json(202, { Location: `/api/runs/${ID}` }));
    const body = JSON.stringify({ report: 'ai-guides', params: { from: '2026-07-01' } });
    const headers = { ...(await authorized()), 'Content-Type': 'application/json' };
    const response = await ask('/api/runs', { method: 'POST', headers, body });
    expect(response.status).toBe(202);
    expect(response.headers.get('Location')).toBe(`/api/runs/${ID}`);
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({
      report: 'ai-guides',
      parameters: { from: '2026-07-01', format: 'csv' },
    });
  });

  it.each([
    ['no JSON', '{', 400],
    ['no report', '{"params":{}}', 400],
    ['an unknown report', '{"report":"x"}', 404],
    ['its params by another name', '{"report":"ai-guides","parameters":{}}', 400],
    ['params that are none', '{"report":"ai-guides","params":"from"}', 400],
    ['a report that is none', '{"report":7}', 400],
    ['an unknown parameter', '{"report":"ai-guides","params":{"x":1}}', 400],
    ['an organisation', '{"report":"ai-guides","params":{"organisation":"other"}}', 400],
  ])('is refused before anything runs when the body has %s', async (_, body, status) => {
    const { ask, calls } = edge();
    const headers = { ...(await authorized()), 'Content-Type': 'application/json' };
    const response = await ask('/api/runs', { method: 'POST', headers, body });
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(calls).toEqual([]);
  });

  it('is refused with every fault of the body at once', async () => {
    const headers = { ...(await authorized()), 'Content-Type': 'application/json' };
    const body = JSON.stringify({ params: 1, from: '2026-07-01', to: '2026-07-31' });
    const response = await edge().ask('/api/runs', { method: 'POST', headers, body });
    expect(await response.json()).toMatchObject({
      errors: [
        { parameter: 'report', detail: 'must be given' },
        { parameter: 'params', detail: 'must be an object' },
        { parameter: 'from', detail: 'is not known: known are report, params' },
        { parameter: 'to', detail: 'is not known: known are report, params' },
      ],
    });
  });

  it.each([
    ['GET', '/api/runs'],
    ['POST', '/api/runs'],
    ['GET', `/api/runs/${ID}`],
    ['DELETE', `/api/runs/${ID}`],
    ['GET', `/api/runs/${ID}/download`],
  ])('takes no parameters from an address: %s %s', async (method, path) => {
    const { ask, calls } = edge();
    const response = await ask(`${path}?format=parquet&x=1&x=2`, { method });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ parameter: 'format' }, { parameter: 'x' }],
    });
    expect(calls).toEqual([]);
  });

  it('is asked about, listed, cancelled and downloaded where it is', async () => {
    const { ask, calls } = edge((call) =>
      call.url.endsWith('/download')
        ? new Response('x', { headers: CSV })
        : call.method === 'DELETE'
          ? new Response(null, { status: 204 })
          : json(200),
    );
    const headers = await authorized();
    const asked = [
      ['GET', '/api/runs', 200],
      ['HEAD', '/api/runs', 200],
      ['GET', `/api/runs/${ID}`, 200],
      ['HEAD', `/api/runs/${ID}`, 200],
      ['DELETE', `/api/runs/${ID}`, 204],
      ['GET', `/api/runs/${ID}/download`, 200],
      ['HEAD', `/api/runs/${ID}/download`, 200],
    ] as const;
    for (const [method, path, status] of asked) {
      expect((await ask(path, { method, headers })).status, `${method} ${path}`).toBe(status);
    }
    expect(calls.map(({ method, url }) => [method, new URL(url).pathname])).toEqual(
      asked.map(([method, path]) => [method, path]),
    );
  });

  it.each(['x', '0'.repeat(39), `${ID}0`, '..%2f..%2forganisation'])(
    'is nothing at an address that no Run can have: %s',
    async (id) => {
      const { ask, calls } = edge();
      expect((await ask(`/api/runs/${id}/download`)).status).toBe(404);
      expect(calls).toEqual([]);
    },
  );
});

describe('a file that the caller has a part of', () => {
  it('is asked for with the caller’s conditions, and its answer is handed on', async () => {
    const part = { 'Content-Range': 'bytes 5-9/10', ETag: '"a"', ...CSV };
    const { ask, calls } = edge(() => new Response('56789', { status: 206, headers: part }));
    const conditions = { Range: 'bytes=5-', 'If-Range': '"a"' };
    const headers = { Authorization: `Bearer ${await token()}`, ...conditions };
    const response = await ask(REPORT, { headers });
    expect(response.status).toBe(206);
    expect(response.headers.get('Content-Range')).toBe('bytes 5-9/10');
    for (const [name, value] of Object.entries(conditions)) {
      expect(calls[0]?.headers.get(name)).toBe(value);
    }
  });

  it('is 304 when the caller has all of it', async () => {
    const { ask } = edge(() => new Response(null, { status: 304, headers: { ETag: '"a"' } }));
    const headers = { Authorization: `Bearer ${await token()}`, 'If-None-Match': '"a"' };
    const response = await ask(REPORT, { headers });
    expect(response.status).toBe(304);
    expect(response.headers.get('ETag')).toBe('"a"');
  });
});
