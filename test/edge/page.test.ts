// The Reports page, and problems as pages for browsers.

import { describe, expect, it } from 'vitest';
import { GROUPINGS } from '../../sql/contract/parameters.ts';
import { problemResponse } from '../../sql/contract/problem.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { edge, token } from './harness.ts';

const ACME = {
  organisation: 'acme',
  name: 'Acme <& Sons>',
  timezone: 'America/Los_Angeles',
  weekStart: 'monday',
  dataThrough: '2026-08-01T05:30:00.000000Z',
};
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

async function browse(path: string, upstream = () => Response.json(ACME)) {
  const subject = edge(upstream);
  const headers = { Authorization: `Bearer ${await token()}`, Accept: BROWSER };
  return { ...subject, response: await subject.ask(path, { headers }) };
}

async function pageOf(organisation: object = ACME): Promise<string> {
  const { response } = await browse('/', () => Response.json(organisation));
  expect(response.status).toBe(200);
  return response.text();
}

describe('the Reports page', () => {
  it('asks only who the organisation is', async () => {
    const { calls } = await browse('/');
    expect(calls).toEqual([
      expect.objectContaining({
        method: 'GET',
        url: 'http://analytics.internal:8790/organisation',
        body: '',
      }),
    ]);
  });

  it('starts from the last 30 full days in the organisation’s zone', async () => {
    // At 2026-08-01T12:00Z it is already 2 August in Kiritimati.
    const page = await pageOf({ ...ACME, timezone: 'Pacific/Kiritimati' });
    expect(page).toMatch(/name="from" value="2026-07-03"/);
    expect(page).toMatch(/name="to" value="2026-08-01"/);
    expect(await pageOf()).toMatch(/name="to" value="2026-07-31"/);
  });

  it('offers every grouping, and each zone once with the organisation’s first', async () => {
    const page = await pageOf();
    const values = [...page.matchAll(/<option value="([^"]*)"/g)].map((match) => match[1]);
    const groupings = ['', ...GROUPINGS];
    const zones = values.slice(0, -groupings.length);
    expect(values.slice(-groupings.length)).toEqual(groupings);
    expect(zones.slice(0, 2)).toEqual(['America/Los_Angeles', 'UTC']);
    expect(new Set(zones).size).toBe(zones.length);
    expect(zones).toContain('Asia/Tokyo');
  });

  it('has one button a report, whose form the report route accepts', async () => {
    const page = await pageOf();
    const actions = [...page.matchAll(/formaction="([^"]*)"/g)].map((match) => match[1]);
    expect(actions).toEqual(REPORT_NAMES.map((name) => `/reports/${name}.csv`));
    const form = new URLSearchParams(
      [...page.matchAll(/name="(from|to)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']): [string, string] => [name, value],
      ),
    );
    form.set('timezone', 'America/Los_Angeles');
    for (const grouping of ['', 'week']) {
      form.set('grouping', grouping);
      for (const action of actions) {
        expect((await edge().ask(`${action}?${form.toString()}`)).status).toBe(200);
      }
    }
  });

  it('says through when there is data, in the organisation’s zone', async () => {
    expect(await pageOf()).toMatch(/31 July 2026 at 22:30<\/time> \(America\/Los_Angeles\)/);
    expect(await pageOf({ ...ACME, dataThrough: null })).toContain('There is no data yet.');
  });

  it('escapes what it shows', async () => {
    const page = await pageOf();
    expect(page).toContain('Acme &lt;&amp; Sons&gt;');
    expect(page).not.toContain('<& Sons>');
  });

  it('allows its own style and form and nothing else, with a new nonce each time', async () => {
    const nonces = await Promise.all(
      [browse('/'), browse('/')].map(async (asked) => {
        const { response } = await asked;
        const policy = response.headers.get('Content-Security-Policy') ?? '';
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
        expect(policy).toBe(
          `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; ` +
            `base-uri 'none'; frame-ancestors 'none'`,
        );
        const page = await response.text();
        expect(page).toContain(`<style nonce="${nonce}">`);
        expect(page).not.toMatch(/<script|style=|\son\w+=/);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('labels every field', async () => {
    const page = await pageOf();
    const fields = page.match(/<(input|select)\b/g) ?? [];
    const labelled = page.match(/<label>[^<]+\n<(input|select)\b/g) ?? [];
    expect(labelled).toHaveLength(fields.length);
    expect(page).toMatch(/<html lang="en">/);
  });
});

describe('a problem', () => {
  it.each([
    ['not signed in', '/', {}, 401, 'Not signed in'],
    ['a wrong parameter', '/reports/ai-sessions-detail.csv?from=x', undefined, 400, 'from'],
    ['an unknown page', '/nowhere', undefined, 404, 'Not found'],
  ])('is a page for browsers: %s', async (_, path, credentials, status, words) => {
    const headers = { ...(credentials ?? { Authorization: `Bearer ${await token()}` }) };
    const response = await edge().ask(path, { headers: { ...headers, Accept: BROWSER } });
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toContain('no-store');
    expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain(words);
  });

  it.each(['*/*', 'application/json', 'application/problem+json', undefined])(
    'is JSON for who accepts %s',
    async (accept) => {
      const headers = new Headers(accept === undefined ? {} : { Accept: accept });
      const response = await edge().ask('/', { headers });
      expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    },
  );

  it('of the analytics service is a page for browsers too', async () => {
    const problem = { kind: 'forbidden', detail: 'Cannot read messages' } as const;
    const path = '/reports/ai-sessions-detail-with-messages.csv';
    const { response } = await browse(path, () =>
      problemResponse(problem, { 'Content-Length': '9' }),
    );
    expect(response.status).toBe(403);
    expect(response.headers.has('Content-Length')).toBe(false);
    expect(await response.text()).toContain('<p>Cannot read messages.</p>');
  });

  it.each<[string, () => Response]>([
    ['does not answer', () => Response.error()],
    ['answers something else', () => Response.json({ organisation: 'acme' })],
    ['answers half', () => new Response('{', { headers: { 'Content-Type': 'application/json' } })],
  ])('is 503 on the page when the service %s', async (_, upstream) => {
    const { response, lines } = await browse('/', upstream);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain('Analytics unavailable');
    expect(lines).toHaveLength(1);
  });

  it('never shows what a stranger sent as HTML', async () => {
    const attack = '<img src=x onerror=alert(1)>';
    const query = new URLSearchParams({ [attack]: attack, from: attack, timezone: attack });
    const { response } = await browse(`/reports/ai-sessions-detail.csv?${query.toString()}`);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('<img');
  });
});
