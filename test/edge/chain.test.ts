// What every response carries, whatever its end, and what answers without signing in.

import { describe, expect, it } from 'vitest';
import { BINDINGS, edge, token } from './harness.ts';
import { reportsService } from './reportsSite.ts';

const REPORT = '/reports/ai-sessions-detail.csv';

describe('every response', () => {
  it.each([
    ['a file', REPORT, {}, 200],
    ['liveness', '/healthz', {}, 200],
    ['an invalid Run', `${REPORT}?x`, {}, 400],
    ['nobody', REPORT, { headers: {} }, 401],
    ['nothing', '/nowhere', {}, 404],
    ['a method', REPORT, { method: 'DELETE' }, 405],
    ['HEAD', REPORT, { method: 'HEAD' }, 200],
  ])('has a request id and security headers: %s', async (_, path, init, status) => {
    const response = await edge().ask(path, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]+$/);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(response.headers.get('X-Frame-Options')).toBe('DENY');
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect([...response.headers.keys()].join()).not.toContain('access-control');
  });

  it('is not cached by anyone when it is a page', async () => {
    const response = await edge(reportsService()).ask('/');
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
  });
});

describe('methods', () => {
  it.each([
    ['POST', '/'],
    ['PUT', REPORT],
    ['DELETE', REPORT],
    ['PATCH', '/healthz'],
  ])('%s %s is a problem that names the right ones', async (method, path) => {
    const subject = edge();
    const response = await subject.ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('GET, HEAD, OPTIONS');
    expect(await response.json()).toMatchObject({
      type: 'urn:ai-sessions:problem:method-not-allowed',
    });
    expect(subject.calls).toEqual([]);
  });
});

describe('OPTIONS', () => {
  it.each([
    ['/', 'GET, HEAD, OPTIONS'],
    [REPORT, 'GET, HEAD, OPTIONS'],
    ['/api/v1/reports', 'POST, OPTIONS'],
  ])('of %s is told the methods, and permits no other site anything', async (path, allow) => {
    const subject = edge();
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const response = await subject.ask(path, { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('Allow')).toBe(allow);
    expect([...response.headers.keys()].join()).not.toContain('access-control');
    expect(subject.calls).toEqual([]);
  });

  it('of nothing is 404', async () => {
    expect((await edge().ask('/nowhere', { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('Server-Timing', () => {
  it('is of the edge after that of the service', async () => {
    const headers = { 'Content-Type': 'text/csv', 'Server-Timing': 'total;dur=3;desc="analytics"' };
    const response = await edge(() => new Response('', { headers })).ask(REPORT);
    expect(response.headers.get('Server-Timing')).toMatch(
      /^total;dur=3;desc="analytics", total;dur=[\d.]+;desc="edge"$/,
    );
  });
});

describe('liveness', () => {
  it('needs no token and no settings', async () => {
    const response = await edge(undefined, {}).ask('/healthz', { headers: {} });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('ok');
  });
});

describe('an exception', () => {
  it('is an internal problem, told to the log by its class alone', async () => {
    class LakeOnFire extends Error {}
    const upstream = () => {
      const response = new Response('', { headers: { 'Content-Type': 'text/csv' } });
      Object.defineProperty(response, 'headers', {
        get: () => {
          throw new LakeOnFire('customer said: my password is');
        },
      });
      return response;
    };
    const { ask, lines } = edge(upstream, BINDINGS);
    const headers = { Authorization: `Bearer ${await token()}`, 'X-Request-Id': 'req-7' };
    const response = await ask(REPORT, { headers });
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text).type).toBe('urn:ai-sessions:problem:internal');
    expect(text).not.toContain('password');
    expect(lines).toEqual(['req-7: Cannot complete the request: LakeOnFire']);
  });
});
