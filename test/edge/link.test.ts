// Download links: good for one file, in the name of the one who asked for it, for 15 minutes.

import { describe, expect, it } from 'vitest';
import { BINDINGS, type Changes, callerIn, type Edge, edge, NOW, token } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';
const FILE = `${REPORT}?from=2026-07-01&to=2026-07-31&agent=A%20%26%20B`;
const SECRET = { ...BINDINGS, EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more' };
const NOBODY = { headers: {} };

/** An edge whose clock has gone on by so many seconds. */
const edgeAfter = (seconds: number) =>
  edge(undefined, SECRET, () => new Date(NOW.getTime() + seconds * 1000));

async function order(body: string, claims: Changes = {}, subject: Edge = edgeAfter(0)) {
  const headers = {
    Authorization: `Bearer ${await token(claims)}`,
    'Content-Type': 'application/json',
  };
  return subject.ask('/api/links', { method: 'POST', headers, body });
}

async function linkIn(response: Response): Promise<{ url: string; expiresAt: string }> {
  return JSON.parse(await response.text());
}

async function linkTo(path: string, claims: Changes = {}): Promise<string> {
  const response = await order(JSON.stringify({ path }), claims);
  expect(response.status).toBe(201);
  return (await linkIn(response)).url;
}

describe('a link', () => {
  it('is an address and the time until which it is good', async () => {
    const response = await order(JSON.stringify({ path: FILE }));
    const { url, expiresAt } = await linkIn(response);
    expect(url).toMatch(/^http:\/\/localhost\/reports\/[^ ]+&link=[\w.-]+$/);
    expect(response.headers.get('Location')).toBe(url);
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
    expect(expiresAt).toBe(new Date(NOW.getTime() + 15 * 60 * 1000).toISOString());
    expect(url).not.toContain('ana');
  });

  it('is at the worker’s public address', async () => {
    const subject = edge(undefined, { ...SECRET, PUBLIC_URL: 'https://reports.example/' });
    const { url } = await linkIn(await order(JSON.stringify({ path: FILE }), {}, subject));
    expect(url).toMatch(/^https:\/\/reports\.example\/reports\//);
  });

  it.each([
    ['a report', FILE],
    ['a report without parameters', REPORT],
  ])('gives %s to someone without credentials', async (_, path) => {
    const { ask, calls, lines } = edgeAfter(14 * 60);
    const response = await ask(await linkTo(path), NOBODY);
    expect(response.status).toBe(200);
    expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
    expect(calls).toHaveLength(1);
    expect(JSON.stringify(calls)).not.toContain('link');
    expect(lines).toEqual([]);
  });

  it('works for the organisation and with the roles of the one who asked for it', async () => {
    const { ask, calls } = edgeAfter(0);
    const claims = { sub: 'bob', org: 'globex', roles: ['team_manager'] };
    await ask(await linkTo(FILE, claims), NOBODY);
    const caller = { subject: 'bob', organisation: 'globex', roles: ['team_manager'] };
    expect(callerIn(calls[0])).toEqual(caller);
  });

  it('is looked at before it is used: HEAD starts nothing', async () => {
    const { ask, calls } = edgeAfter(0);
    expect((await ask(await linkTo(FILE), { ...NOBODY, method: 'HEAD' })).status).toBe(200);
    expect(calls).toEqual([]);
  });

  it.each<[string, (url: string) => string]>([
    ['for another report', (url) => url.replace('detail', 'summary')],
    ['for another range', (url) => url.replace('07-31', '08-31')],
    ['with one parameter more', (url) => url.replace('&link', '&excel=true&link')],
    ['with one parameter more behind it', (url) => `${url}&excel=true`],
    ['with one parameter less', (url) => url.replace('&to=2026-07-31', '')],
    [
      'with the parameters in another order',
      (url) => url.replace(/(from=[^&]+)&(to=[^&]+)/, '$2&$1'),
    ],
    ['with a parameter written otherwise', (url) => url.replace('%20', '+')],
    ['for the page', (url) => url.replace(/\/reports\/[^?]+/, '/')],
    ['twice', (url) => `${url}&${/link=.+/.exec(url)?.[0]}`],
    ['with its name written otherwise', (url) => url.replace('link=', 'l%69nk=')],
    ['that has been changed', (url) => `${url.slice(0, -6)}AAAAAA`],
    ['that has been cut', (url) => url.slice(0, -1)],
    ['that is empty', (url) => url.replace(/link=.+/, 'link=')],
    ['that is none', (url) => url.replace(/link=.+/, 'link=x')],
  ])('is refused %s', async (_, change) => {
    const { ask, calls, lines } = edgeAfter(0);
    const url = await linkTo(FILE);
    const changed = change(url);
    expect(changed).not.toBe(url);
    const response = await ask(changed, NOBODY);
    expect(response.status).toBe(401);
    expect(calls).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines.join() + (await response.text())).not.toContain(
      url.slice(url.indexOf('link=') + 5),
    );
  });

  it('is refused after 15 minutes', async () => {
    const url = await linkTo(FILE);
    expect((await edgeAfter(15 * 60 - 1).ask(url, NOBODY)).status).toBe(200);
    const { ask, lines } = edgeAfter(15 * 60 + 1);
    expect((await ask(url, NOBODY)).status).toBe(401);
    expect(lines.join()).toContain('the link: ERR_JWT_EXPIRED');
  });

  it('is refused when it is not good, whoever else the caller is', async () => {
    const { ask } = edgeAfter(0);
    expect((await ask(`${FILE}&link=x`)).status).toBe(401);
  });

  it('is refused under another secret', async () => {
    const url = await linkTo(FILE);
    const bindings = { ...SECRET, EDGE_SECRET: 'another edge secret, of 32 bytes or more too' };
    expect((await edge(undefined, bindings).ask(url, NOBODY)).status).toBe(401);
  });

  it('does not make links', async () => {
    const [, sealed] = (await linkTo(FILE)).split('link=');
    const body = JSON.stringify({ path: FILE });
    const init = { ...NOBODY, method: 'POST', body };
    expect((await edgeAfter(0).ask(`/api/links?link=${sealed}`, init)).status).toBe(401);
  });

  it('is none where no secret is set', async () => {
    const { ask } = edge();
    expect((await ask(await linkTo(FILE), NOBODY)).status).toBe(401);
    const init = { method: 'POST', body: JSON.stringify({ path: FILE }) };
    expect((await ask('/api/links', init)).status).toBe(404);
  });
});

describe('a link is not made', () => {
  it.each([
    ['an address elsewhere', 'https://evil.example/reports/a.csv'],
    ['another host', '//evil.example/reports/a.csv'],
    ['the page', '/'],
    ['the page of a report', '/reports/ai-guides?from=2026-07-01'],
    ['a path that leads elsewhere', '/reports/../api/links'],
    ['a path that is written otherwise', '/reports/a.csv?x=a b'],
    ['a path with a fragment', '/reports/a.csv#x'],
    ['a path with line breaks', '/reports/a.csv?\r\nSet-Cookie: a=b'],
    ['a link', '/reports/a.csv?link=x'],
    ['the list of Runs', '/api/runs'],
    ['a Run', '/api/runs/abc'],
    ['nothing', undefined],
    ['a number', 1],
  ])('for %s', async (_, path) => {
    const response = await order(JSON.stringify({ path }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ parameter: 'path' }] });
  });

  it.each(['', 'x', '[]', 'null', '"x"'])('of the body %j', async (body) => {
    expect((await order(body)).status).toBe(400);
  });

  it('with what it cannot have, like a lifetime of its own', async () => {
    const response = await order(JSON.stringify({ path: FILE, expiresIn: 86_400 }));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ parameter: 'expiresIn' }] });
  });

  it('for a stranger, or someone without a role', async () => {
    const init = { ...NOBODY, method: 'POST', body: JSON.stringify({ path: FILE }) };
    expect((await edgeAfter(0).ask('/api/links', init)).status).toBe(401);
    expect((await order(JSON.stringify({ path: FILE }), { roles: ['agent'] })).status).toBe(403);
  });

  it('for another site’s page', async () => {
    const init = { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } };
    expect((await edgeAfter(0).ask('/api/links', init)).status).toBe(403);
  });
});
