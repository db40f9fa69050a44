// Whether the whole way to a report is open, for whoever watches over it.

import { expect, it } from 'vitest';
import { BINDINGS, edge } from './harness.ts';

const READY = { ready: true, reasons: [] };
const UNREADY = { ready: false, reasons: ['spool-without-room'] };

it('asks the service, without saying for whom', async () => {
  const subject = edge(() => Response.json(READY));
  const response = await subject.ask('/readyz', { headers: {} });
  expect([response.status, await response.text()]).toEqual([200, 'ready']);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(subject.calls.map(({ method, url }) => [method, url])).toEqual([
    ['GET', 'http://analytics.internal:8790/readyz'],
  ]);
  expect(subject.calls[0]?.headers.has('Authorization')).toBe(false);
});

it.each<[string, () => Response, string]>([
  ['not ready', () => Response.json(UNREADY, { status: 503 }), 'said 503'],
  ['another one', () => Response.redirect('https://elsewhere.example/'), 'said 302'],
  [
    'not there',
    () => {
      throw new TypeError('connect ECONNREFUSED 10.0.0.7');
    },
    'no response (TypeError)',
  ],
])('is a problem that tells the log alone when the service is %s', async (_, upstream, reason) => {
  const subject = edge(upstream);
  const response = await subject.ask('/readyz', { headers: {} });
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(JSON.parse(text).type).toBe('urn:ai-sessions:problem:analytics-unavailable');
  expect(text).not.toMatch(/spool|302|10\.0/);
  expect(subject.lines.join('\n')).toContain(reason);
});

it('is a problem before anybody is asked when a variable is wrong', async () => {
  const subject = edge(undefined, { ...BINDINGS, ASSERTION_PRIVATE_KEY: 'none' });
  const response = await subject.ask('/readyz', { headers: {} });
  expect(response.status).toBe(500);
  expect(subject.calls).toEqual([]);
  expect(subject.lines.join('\n')).toContain('ASSERTION_PRIVATE_KEY');
});
