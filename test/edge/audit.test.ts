// What the edge does for the audit: it says where a request comes from, tells of what it refuses by itself,
// and hands the report to administrators.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { problemResponse } from '../../sql/contract/problem.ts';
import { createApp } from '../../worker/app.ts';
import type { Fetch } from '../../worker/fetch.ts';
import { ADDRESS, BINDINGS, CLAIMS, callerIn, edge, NOW, token, unanswered } from './harness.ts';
import { reportsService } from './reportsSite.ts';

const AUDIT = '/reports/audit.csv';
const REPORT = '/reports/ai-sessions-detail.csv';

const as = async (...roles: string[]) => ({ Authorization: `Bearer ${await token({ roles })}` });

function clientIn({ headers }: { readonly headers: Headers }): unknown {
  const [, claims = ''] = headers.get('Authorization')?.split('.') ?? [];
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).client;
}

describe('where a request comes from', () => {
  it('is what the runtime says, whatever the caller claims, and the user agent', async () => {
    const subject = edge();
    const claimed = {
      'X-Forwarded-For': '1.2.3.4',
      'X-Real-IP': '1.2.3.4',
      Forwarded: 'for=1.2.3.4',
    };
    const headers = { ...(await as('analyst')), ...claimed, 'User-Agent': 'Excel'.repeat(200) };
    await subject.ask(REPORT, { headers });
    const userAgent = 'Excel'.repeat(100);
    expect(subject.calls.map(clientIn)).toEqual([{ address: ADDRESS, userAgent }]);
  });
});

afterEach(() => vi.restoreAllMocks());

describe('a refusal of the edge', () => {
  it.each<[string, string, string[], object]>([
    [
      'of a role',
      REPORT,
      ['agent'],
      { status: 403, problem: 'forbidden', report: 'ai-sessions-detail' },
    ],
    ['of a role on the page', '/', ['agent'], { status: 403, problem: 'forbidden' }],
    ['of a report', '/reports/x.csv', ['analyst'], { status: 404, problem: 'unknown-report' }],
    [
      'of parameters',
      `${REPORT}?from=x&secret=sk-1`,
      ['analyst'],
      { status: 400, problem: 'invalid-run', report: 'ai-sessions-detail' },
    ],
    ['of the audit', AUDIT, ['analyst'], { status: 403, problem: 'forbidden' }],
    [
      'of its parameters',
      `${AUDIT}?form=x`,
      ['administrator'],
      { status: 400, problem: 'invalid-run' },
    ],
  ])('%s is told, with the caller and nothing unchecked', async (_, path, roles, refusal) => {
    const subject = edge();
    const response = await subject.ask(path, { headers: await as(...roles) });
    expect(refusal).toMatchObject({ status: response.status });
    expect(subject.calls).toEqual([]);
    const [told, ...others] = subject.refusals;
    expect(others).toEqual([]);
    expect(JSON.parse(told?.body ?? '')).toEqual(refusal);
    expect(callerIn(told)).toMatchObject({ subject: CLAIMS.sub, organisation: 'acme', roles });
    expect(told?.headers.get('X-Request-Id')).toBe(response.headers.get('X-Request-Id'));
  });

  it('of Gladly’s shape is told as what it is', async () => {
    const subject = edge();
    const headers = { ...(await as('analyst')), 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"metricSet":"x"}' };
    expect((await subject.ask('/api/v1/reports', init)).status).toBe(400);
    expect(subject.refusals.map(({ body }) => JSON.parse(body))).toEqual([
      { status: 400, problem: 'invalid-run' },
    ]);
  });

  it('is not told when nobody is identified', async () => {
    const subject = edge();
    expect((await subject.ask(REPORT, { headers: {} })).status).toBe(401);
    expect(subject.refusals).toEqual([]);
    expect(subject.lines).toHaveLength(1);
  });

  it.each<[string, Fetch]>([
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['cannot write it', async () => problemResponse({ kind: 'run-failed' })],
    ['does not answer', unanswered],
  ])('stays one when the service %s, and the log tells', async (_, fetch) => {
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort());
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const app = createApp({ fetch, now: () => NOW, addressOf: () => ADDRESS, log });
    const headers = await as('agent');
    expect((await app.request(REPORT, { headers }, BINDINGS)).status).toBe(403);
    expect(lines.at(-1)).toMatch(/: Cannot tell of a refusal: status \d+$/);
  });

  it('is not told when the service has refused, and knows', async () => {
    const subject = edge(() => problemResponse({ kind: 'unknown-organisation' }));
    expect((await subject.ask(REPORT)).status).toBe(404);
    expect(subject.refusals).toEqual([]);
  });
});

describe('the audit as a report', () => {
  it('is asked for with its filters, and handed on', async () => {
    const subject = edge();
    const query = '?from=2026-07-01&to=2026-07-31&subject=bo%40acme.example';
    const response = await subject.ask(AUDIT + query, { headers: await as('administrator') });
    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toContain('no-store');
    expect(subject.calls.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
      ['GET', '/audit'],
    ]);
    const { searchParams } = new URL(subject.calls[0]?.url ?? '');
    expect(Object.fromEntries(searchParams)).toEqual({
      from: '2026-07-01',
      to: '2026-07-31',
      subject: 'bo@acme.example',
    });
  });

  it('is not asked for to look at its headers', async () => {
    const subject = edge();
    const init = { method: 'HEAD', headers: await as('administrator') };
    expect((await subject.ask(AUDIT, init)).status).toBe(200);
    expect(subject.calls).toEqual([]);
  });

  it.each([
    ['from=2026-02-30', 'from'],
    ['to=yesterday', 'to'],
    ['from=2026-08-02&to=2026-08-01', 'from'],
    ['subject=', 'subject'],
    ['subject=a&subject=b', 'subject'],
    ['organisation=globex', 'organisation'],
  ])('is refused with %s', async (query, parameter) => {
    const headers = await as('administrator');
    const response = await edge().ask(`${AUDIT}?${query}`, { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ parameter }] });
  });

  it.each([
    ['administrators', 'administrator', true],
    ['nobody else', 'analyst', false],
  ])('is on the page for %s', async (_, role, isThere) => {
    const subject = edge(reportsService());
    const page = await (await subject.ask('/', { headers: await as(role) })).text();
    expect(page).toContain('ai-sessions-detail');
    expect(page.includes(AUDIT)).toBe(isThere);
  });
});
