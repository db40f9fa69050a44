// The development identity exists only under its setting, only on loopback, never by request.

import { describe, expect, it } from 'vitest';
import { BINDINGS, DEVELOPER, edge } from './harness.ts';

const DEVELOPMENT = { ...BINDINGS, DEVELOPMENT_IDENTITY: JSON.stringify(DEVELOPER) };
const REPORT = '/reports/ai-sessions-detail.csv';
const statusOf = async (bindings: object, url: string, headers: Record<string, string> = {}) =>
  (await edge(undefined, bindings).ask(url, { headers })).status;

describe('the development identity', () => {
  it.each([
    `http://localhost:8787${REPORT}`,
    `http://edge.localhost${REPORT}`,
    `http://127.0.0.1:8787${REPORT}`,
    `http://[::1]:8787${REPORT}`,
  ])('signs in where it is set: %s', async (url) => {
    expect(await statusOf(DEVELOPMENT, url)).toBe(200);
  });

  it.each([
    `https://reports.example${REPORT}`,
    `http://localhost.evil.example${REPORT}`,
    `http://notlocalhost${REPORT}`,
    `http://127.0.0.1.evil.example${REPORT}`,
    `http://10.0.0.5${REPORT}`,
    `http://0.0.0.0${REPORT}`,
  ])('signs nobody in elsewhere: %s', async (url) => {
    expect(await statusOf(DEVELOPMENT, url)).toBe(401);
  });

  it.each([
    ['a forwarded host', { 'X-Forwarded-Host': 'localhost', Forwarded: 'host=localhost' }],
    ['a forwarded address', { 'X-Forwarded-For': '127.0.0.1', 'CF-Connecting-IP': '127.0.0.1' }],
    ['a host header', { Host: 'localhost' }],
  ])('is not switched on by %s', async (_, headers) => {
    expect(await statusOf(DEVELOPMENT, `https://reports.example${REPORT}`, headers)).toBe(401);
  });

  it.each([
    ['a header', REPORT, { DEVELOPMENT_IDENTITY: JSON.stringify(DEVELOPER) }],
    ['a parameter', `${REPORT}?DEVELOPMENT_IDENTITY=1&development=true`, {}],
  ])('is not made by %s where it is not set', async (_, path, headers) => {
    expect(await statusOf(BINDINGS, `http://localhost${path}`, headers)).toBe(401);
  });

  it.each(['Bearer not-a-token', 'Bearer ', '', 'Basic ZGV2OmRldg=='])(
    'does not stand in for credentials that are not good: %j',
    async (authorization) => {
      const headers = { Authorization: authorization };
      expect(await statusOf(DEVELOPMENT, `http://localhost${REPORT}`, headers)).toBe(401);
    },
  );
});
