// The Reports page and its parts as the worker makes them; a browser's part is in test/browser.

import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../sql/contract/parameters.ts';
import { problemResponse } from '../../sql/contract/problem.ts';
import { REPORT_NAMES, REPORTS } from '../../sql/contract/report.ts';
import { parseRun, resolveRun } from '../../sql/contract/run.ts';
import type { RunStatus } from '../../sql/contract/runStatus.ts';
import { asCommand, asCurl, asSql } from '../../sql/contract/runText.ts';
import { buildScript } from '../../worker/browser/build.ts';
import { PAGE_SCRIPT } from '../../worker/browser/script.ts';
import { BINDINGS, DEVELOPER, edge, NOW, token } from './harness.ts';
import { ACME, RUN, reportsService } from './reportsSite.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** What the edge is reached at here. */
const ORIGIN = 'http://localhost';

interface Browsing {
  readonly service?: Readonly<Record<string, unknown>>;
  readonly roles?: readonly string[];
  readonly method?: string;
  /** What the script sends. */
  readonly form?: string;
}

async function browse(path: string, { service, roles, form, method }: Browsing = {}) {
  const subject = edge(reportsService(service));
  const authorization = `Bearer ${await token(roles === undefined ? {} : { roles })}`;
  const headers = { Authorization: authorization, Accept: BROWSER };
  const init =
    form === undefined
      ? { method: method ?? 'GET', headers }
      : { method: 'POST', headers, body: new URLSearchParams(form) };
  return { ...subject, response: await subject.ask(path, init) };
}

async function textOf(path: string, browsing?: Browsing): Promise<string> {
  const { response } = await browse(path, browsing);
  expect(response.status).toBeLessThan(300);
  return response.text();
}

/** What the service was asked to run. */
const asked = ({ calls }: Awaited<ReturnType<typeof browse>>) =>
  calls
    .filter(({ method }) => method === 'POST')
    .map(({ url, body }) => ({ path: new URL(url).pathname, ...JSON.parse(body) }));

/** The fields that a browser would send, had nobody touched the form. */
function fieldsIn(page: string): URLSearchParams {
  const fields = new URLSearchParams();
  for (const [, attributes = ''] of page.matchAll(/<input ([^>]*)>/g)) {
    const of = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1];
    const isSent = !/type="(radio|checkbox)"/.test(attributes) || /\bchecked\b/.test(attributes);
    const name = of('name');
    if (isSent && name !== undefined) fields.append(name, of('value') ?? '');
  }
  for (const [, name = '', options = ''] of page.matchAll(
    /<select name="([^"]*)">(.*?)<\/select>/g,
  )) {
    const chosen =
      /<option value="([^"]*)" selected>/.exec(options) ?? /value="([^"]*)"/.exec(options);
    fields.append(name, chosen?.[1] ?? '');
  }
  return fields;
}

/** What the field for the time zone offers. */
const zonesIn = (page: string) =>
  [...page.matchAll(/<option value="([^"]*)"><\/option>/g)].map(([, zone]) => zone);

/** The texts to take along, as a browser would copy them. */
const takenFrom = (card: string) =>
  [...card.matchAll(/<code id="run-[0-9a-f]+-(\w+)">([^<]*)<\/code>/g)].map(
    ([, name = '', text = '']) => {
      const characters = text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(code));
      const [lt, gt, quote] = [/&lt;/g, /&gt;/g, /&quot;/g];
      const read = characters.replaceAll(lt, '<').replaceAll(gt, '>').replaceAll(quote, '"');
      return [name, read.replaceAll('&amp;', '&')];
    },
  );

describe('the Reports page', () => {
  it('asks who the organisation is and which Runs there are, and runs nothing', async () => {
    const { calls } = await browse('/');
    const paths = calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
    expect(paths.toSorted()).toEqual(['GET /api/runs', 'GET /organisation']);
  });

  it('starts from the last 30 full days in the organisation’s zone', async () => {
    // At 2026-08-01T12:00Z it is already 2 August in Kiritimati.
    const organisation = { ...ACME, timezone: 'Pacific/Kiritimati' };
    const fields = fieldsIn(await textOf('/', { service: { '/organisation': organisation } }));
    expect([fields.get('from'), fields.get('to')]).toEqual(['2026-07-03', '2026-08-01']);
    expect(fieldsIn(await textOf('/')).get('to')).toBe('2026-07-31');
  });

  it.each(REPORT_NAMES)('without a script, Run leads to the download: %s', async (report) => {
    const page = await textOf(`/?report=${report}`, { roles: ['administrator'] });
    const fields = fieldsIn(page);
    if (REPORTS[report].withMessages) fields.set('personalData', 'understood');
    fields.set('as', 'run');
    const { response, calls } = await browse(`/page/run?${fields.toString()}`, {
      roles: ['administrator'],
    });
    expect(response.status).toBe(303);
    expect(calls).toEqual([]);
    const [path = '', search = ''] = response.headers.get('Location')?.split('?') ?? [];
    expect(path).toBe(`/reports/${report}.csv`);
    const parsed = parseQuery(report, new URLSearchParams(search));
    expect(parsed).toMatchObject({ ok: true, value: { from: '2026-07-02', to: '2026-07-31' } });
  });

  it('leads to the chart of a counting report', async () => {
    const { response } = await browse(
      '/page/run?report=ai-guides&from=2026-07-01&format=csv&excel=true&channel=CHAT&as=chart',
    );
    expect(response.headers.get('Location')).toBe(
      '/reports/ai-guides?from=2026-07-01&channel=CHAT',
    );
  });

  it('asks for the tick before a report with messages, and keeps the form', async () => {
    const { response, calls } = await browse(
      '/page/run?report=ai-sessions-detail-with-messages&from=2026-07-01&to=2026-07-02&as=run',
      { roles: ['administrator'] },
    );
    expect(response.status).toBe(400);
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
    const page = await response.text();
    expect(page).toContain('must be ticked before messages are shown or downloaded');
    expect(fieldsIn(page).get('report')).toBe('ai-sessions-detail-with-messages');
  });

  it('offers no report with messages to who may not read them, and says who may', async () => {
    const page = await textOf('/', { roles: ['analyst'] });
    expect(page).toMatch(/value="ai-sessions-detail-with-messages"[^>]* disabled/);
    expect(page).toContain('Only for administrators and team managers.');
    expect(page).not.toContain('name="personalData"');
    expect(await textOf('/', { roles: ['team_manager'] })).not.toMatch(/ disabled/);
  });

  it('shows no messages without the tick, which no link brings along', async () => {
    const messages = 'report=ai-sessions-detail-with-messages&from=2026-07-01&to=2026-07-02';
    const { response, calls } = await browse(`/?${messages}&show=preview`, {
      roles: ['administrator'],
    });
    expect(await response.text()).toContain('must be ticked before messages are shown');
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET']);
    const ticked = `/?${messages}&personalData=understood`;
    expect(fieldsIn(await textOf(ticked, { roles: ['administrator'] })).has('personalData')).toBe(
      false,
    );
  });

  it('does not quietly run another report than a link asks for', async () => {
    const page = await textOf('/?report=ai-sessions-detail-with-messages', { roles: ['analyst'] });
    expect(page).toContain(
      'a link to <strong>Gladly AI Sessions Detail with Messages</strong>, which is only for administrators and team managers.',
    );
    expect(fieldsIn(page).get('report')).toBe('ai-sessions-detail');
    expect(await textOf('/', { roles: ['analyst'] })).not.toContain('a link to');
  });

  it('holds what its address says, right or wrong, and says what is wrong', async () => {
    const query = new URLSearchParams([
      ['report', 'ai-sessions-summary'],
      ['from', '2026-07-31'],
      ['to', '2026-07-01'],
      ['grouping', 'week'],
      ['by', 'channel'],
      ['outcome', 'resolved'],
      ['channel', 'CHAT'],
      ['channel', 'A "B" <C>'],
      ['sessionId', 'a1'],
      ['sessionId', '-b2'],
      ['excel', 'true'],
    ]);
    const page = await textOf(`/?${query.toString()}`);
    const fields = fieldsIn(page);
    for (const name of ['report', 'from', 'to', 'grouping', 'by', 'outcome', 'excel']) {
      expect(fields.get(name), name).toBe(query.get(name));
    }
    expect(fields.get('sessionId')).toBe('a1 -b2');
    expect(fields.getAll('channel')).toEqual(['CHAT', 'A &quot;B&quot; &lt;C&gt;']);
    expect(page).toContain('must not be after to: 2026-07-31 is after 2026-07-01');
  });

  it('names what it does not know instead of leaving it out', async () => {
    expect(await textOf('/?chanel=CHAT')).toContain('<strong>chanel</strong> is not a parameter');
  });

  it('shows values, size and beginning without a script, when asked', async () => {
    const choices = await textOf('/?show=choices&guide=Guide%20%3C3%3E&guide=Gone');
    expect(choices).toContain('<span dir="auto">Guide &lt;0&gt;</span>');
    expect(fieldsIn(choices).getAll('guide')).toEqual(['Gone', 'Guide &lt;3&gt;']);
    const preview = await textOf('/?show=preview');
    expect(preview).toContain(
      '<strong>2,153 sessions</strong> match. The file will have about 516 kB.',
    );
    expect(preview).toContain('<div>a&lt;1&gt;</div>');
  });

  it('offers time zones under the names of today, and the one that a link brings', async () => {
    const offered = zonesIn(await textOf('/'));
    expect(offered.slice(0, 2)).toEqual(['America/Los_Angeles', 'UTC']);
    expect(offered).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv']));
    expect(offered).not.toContain('Asia/Calcutta');
    expect(zonesIn(await textOf('/?timezone=Asia/Calcutta'))).toContain('Asia/Calcutta');
    expect(zonesIn(await textOf('/?timezone=Mars/Olympus'))).toEqual(offered);
  });

  it('says through when there is data, in the organisation’s zone', async () => {
    expect(await textOf('/')).toMatch(/31 July 2026 at 22:30<\/time> \(America\/Los_Angeles\)/);
  });

  it('says how to bring data in where there are none', async () => {
    const service = { '/organisation': { ...ACME, dataThrough: null } };
    expect(await textOf('/', { service })).toContain('npx ai-sessions ingest sessions');
    expect(await textOf('/')).not.toContain('npx ai-sessions ingest');
  });

  it('escapes what it shows', async () => {
    const page = await textOf('/');
    expect(page).toContain('Acme &lt;&amp; Sons&gt;');
    expect(page).not.toMatch(/<& Sons>|<M>/);
  });

  it('allows its own style, script and form and nothing else, with a new nonce each time', async () => {
    const nonces = await Promise.all(
      [browse('/'), browse('/')].map(async (browsing) => {
        const { response } = await browsing;
        const policy = response.headers.get('Content-Security-Policy') ?? '';
        const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
        expect(policy).toBe(
          `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
            `connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
        );
        const page = await response.text();
        expect(page).toContain(`<style nonce="${nonce}">`);
        expect(page.match(/<script[^>]*>/g)).toEqual([
          expect.stringMatching(`nonce="${nonce.replaceAll(/[+/]/g, '\\$&')}"`),
        ]);
        expect(page).not.toMatch(/ style=|\son\w+=/);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('tells nobody else than its own functions', async () => {
    const page = await textOf('/');
    expect(page.match(/(?:href|src|action)="https?:[^"]*"/g)).toBeNull();
  });
});

describe('the script', () => {
  it('is what `npm run page` writes', async () => {
    expect(PAGE_SCRIPT).toEqual(await buildScript());
  });

  it('is served under the name that its text has, for ever', async () => {
    const path = /src="([^"]+)"/.exec(await textOf('/'))?.[1] ?? '';
    const { response } = await browse(path);
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('Cache-Control')).toContain('immutable');
  });
});

describe('a part of the page', () => {
  const FORM = 'from=2026-07-01&to=2026-07-31&grouping=&format=csv&by=channel&channel=CHAT';

  it.each([
    ['estimate', '/estimate', '2,153 sessions'],
    ['preview', '/preview', '<th scope="col">Session ID</th>'],
    ['choices', '/choices', 'The 14 most frequent are listed.'],
  ])('%s is asked of the service for the very Run', async (part, path, words) => {
    const browsing = await browse(`/page/${part}`, { form: FORM });
    expect(await browsing.response.text()).toContain(words);
    expect(browsing.response.headers.get('Cache-Control')).toBe('private, no-store');
    const parameters = { from: '2026-07-01', to: '2026-07-31', channel: ['CHAT'] };
    expect(asked(browsing)).toEqual([
      { path, report: 'ai-sessions-detail', parameters: expect.objectContaining(parameters) },
    ]);
  });

  it.each([
    [{ sessions: 0, isAtMost: false, bytes: 0 }, 'No session matches.'],
    [
      { sessions: 1, isAtMost: false, bytes: null },
      '<strong>1 session</strong> matches. They are counted',
    ],
    [
      { sessions: 9, isAtMost: true, bytes: 2_345_678_901 },
      'At most <strong>9 sessions</strong> match. The file will have about 2.35 GB.',
    ],
  ])('the estimate in words: %j', async (estimate, words) => {
    expect(
      await textOf('/page/estimate', { form: FORM, service: { '/estimate': estimate } }),
    ).toContain(words);
  });

  it('a form that is not filled in yet is told so, and refuses nothing', async () => {
    const { response, calls, refusals } = await browse('/page/estimate', {
      form: 'from=2026-07-99',
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<strong>from</strong> must be a date that exists');
    expect([...calls, ...refusals]).toEqual([]);
  });

  it.each(['from=x', 'report=ai-sessions-detail-with-messages'])(
    'the preview of a request that may not be run is a problem: %s',
    async (form) => {
      const { response, calls } = await browse('/page/preview', { form, roles: ['administrator'] });
      expect(response.status).toBe(400);
      expect(calls).toEqual([]);
    },
  );

  it('the values of a wrong request are those that are ticked, and nothing is refused', async () => {
    const { response, calls, refusals } = await browse('/page/choices', {
      form: 'from=x&guide=Kept',
    });
    expect(response.status).toBe(200);
    expect(fieldsIn(await response.text()).getAll('guide')).toEqual(['Kept']);
    expect([...calls, ...refusals]).toEqual([]);
  });

  it('may be asked for with more than an address holds', async () => {
    const guides = Array.from(
      { length: 100 },
      (_, index) => `مرتجع واستبدال للطلبات الدولية ${index}`,
    );
    const form = guides.map((guide) => `guide=${encodeURIComponent(guide)}`).join('&');
    expect(form.length).toBeGreaterThan(16 * 1024);
    for (const path of ['/page/estimate', '/page/preview', '/page/choices', '/page/runs']) {
      expect((await browse(path, { form })).response.status, path).toBeLessThan(300);
    }
  });

  it.each([
    ['POST', 'estimate'],
    ['POST', 'preview'],
    ['POST', 'choices'],
    ['POST', 'runs'],
    ['GET', 'run'],
  ])('%s %s needs a caller', async (method, part) => {
    const response = await edge(reportsService()).ask(`/page/${part}`, { method, headers: {} });
    expect(response.status).toBe(401);
  });

  it('a long list of values can be searched and scrolled', async () => {
    const parts = (await textOf('/page/choices', { form: FORM })).split('<fieldset');
    const [channel = '', guide = ''] = ['Channel', 'Guide'].map((legend) =>
      parts.find((part) => part.includes(`<legend>${legend}</legend>`)),
    );
    expect(channel).toMatch(/value="CHAT" checked/);
    expect(channel).not.toContain('type="search"');
    expect(guide).toContain('type="search"');
    expect(guide).toContain('tabindex="0"');
  });
});

describe('a Run on the page', () => {
  it('is begun from the form, and comes back as a card', async () => {
    const browsing = await browse('/page/runs', {
      form: 'report=ai-sessions-detail&from=2026-07-01&excel=true',
    });
    expect(browsing.response.status).toBe(202);
    expect(asked(browsing)).toEqual([
      {
        path: '/api/runs',
        report: 'ai-sessions-detail',
        parameters: {
          from: '2026-07-01',
          format: 'csv',
          excel: true,
          dates: 'local',
          formulaGuard: true,
        },
      },
    ]);
    expect(await browsing.response.text()).toContain(`<li class="run" id="run-${RUN.id}"`);
  });

  it('with messages is not begun without the tick', async () => {
    const { response, calls } = await browse('/page/runs', {
      form: 'report=ai-sessions-detail-with-messages',
      roles: ['administrator'],
    });
    expect(response.status).toBe(400);
    expect(calls).toEqual([]);
  });

  it('says its rows, size, hash, data and parameters, and how to have it again', async () => {
    const card = await textOf(`/page/runs/${RUN.id}`);
    for (const words of [
      '1,234 rows, 516 kB.',
      '515,707 bytes, SHA-256 <code>abab',
      '31 Jul 2026, 22:30',
      'Kept until <time datetime="2026-08-02T12:00:01.000Z">2 Aug 2026, 05:00',
      '1\u2009–\u200931 Jul 2026; by week<br>Channel: <bdi>CHAT</bdi> or <bdi>E&lt;M&gt;AIL</bdi>',
      `href="${RUN.links.download}" download`,
    ]) {
      expect(card).toContain(words);
    }
    const change = /href="\/\?([^"]*)" data-key="change"/.exec(card)?.[1]?.replaceAll('&amp;', '&');
    expect(fieldsIn(await textOf(`/?${change}&show=choices`)).getAll('channel')).toEqual([
      'E&lt;M&gt;AIL',
      'CHAT',
    ]);
    expect(card).toMatch(
      /href="\/reports\/ai-sessions-detail.csv\?from=2026-07-01[^"]*" data-key="again"/,
    );
  });

  it('with messages is run again by its form, which asks for the tick', async () => {
    const service = { [RUN.links.self]: { ...RUN, report: 'ai-sessions-detail-with-messages' } };
    const card = await textOf(`/page/runs/${RUN.id}`, { service });
    expect(card).toContain('data-key="change"');
    expect(card).not.toContain('data-key="again"');
  });

  it.each([
    ['queued', {}, ['Waiting for its turn.', '>Cancel<', 'while it runs']],
    ['running', { percent: 37 }, ['value="37"', '37 %, 1,234 rows', '>Cancel<', ': 25 percent']],
    ['cancelled', {}, ['Cancelled.']],
    [
      'failed',
      {
        problem: {
          type: 'urn:ai-sessions:problem:run-timed-out',
          title: 'The Run <failed>',
          detail: 'It took too long',
        },
      },
      ['The Run &lt;failed&gt;', 'It took too long.', 'or for fewer sessions with a filter'],
    ],
  ])('that is %s', async (status, more, words) => {
    const run = { ...RUN, status, sha256: null, finishedAt: null, ...more };
    const card = await textOf(`/page/runs/${RUN.id}`, { service: { [RUN.links.self]: run } });
    expect(card).toContain(`data-state="${status}"`);
    for (const each of words) expect(card).toContain(each);
    expect(card.includes('data-key="download"')).toBe(['queued', 'running'].includes(status));
  });

  it('can be taken along as a command and as SQL, each with a button that copies it', async () => {
    const parameters = { ...RUN.parameters, guide: ['it\'s <b>"&amp;"\r\n'] };
    const run: RunStatus = { ...RUN, parameters };
    const service = { [RUN.links.self]: run, '/api/runs': { runs: [run] } };
    const card = await textOf(`/page/runs/${RUN.id}`, { service });
    const parsed = parseRun(run);
    if ('problem' in parsed) throw new Error('no Run');
    const resolved = resolveRun(parsed.run, ACME, NOW);
    if (!resolved.ok) throw new Error('no Run');
    const reach = { origin: ORIGIN, needsToken: true };
    expect(takenFrom(card)).toEqual([
      ['curl', asCurl(resolved.value, reach, RUN.id)],
      ['command', asCommand(resolved.value, 'acme')],
      ['sql', asSql(resolved.value, 'acme')],
    ]);
    expect(takenFrom(await textOf('/', { service }))).toEqual(takenFrom(card));
    const buttons = [...card.matchAll(/<button [^>]*data-copy="([^"]*)"[^>]*>/g)];
    expect(buttons.map(([, id]) => id)).toEqual(
      [...card.matchAll(/<code id="([^"]*)"/g)].map(([, id]) => id),
    );
    for (const [button] of buttons) expect(button).toMatch(/class="[^"]*with-script".* hidden>/);
  });

  it('that failed has no file to download: curl runs the report again', async () => {
    const service = { [RUN.links.self]: { ...RUN, status: 'failed', expiresAt: null } };
    const [curl] = takenFrom(await textOf(`/page/runs/${RUN.id}`, { service }));
    expect(curl?.[1]).toContain(`'${ORIGIN}/reports/ai-sessions-detail.csv?from=2026-07-01&`);
    expect(curl?.[1]).not.toContain('--continue-at');
  });

  it('needs no token in a command for the development identity', async () => {
    const bindings = { ...BINDINGS, DEVELOPMENT_IDENTITY: JSON.stringify(DEVELOPER) };
    const { ask } = edge(reportsService(), bindings);
    const response = await ask(`http://localhost:8787/page/runs/${RUN.id}`, { headers: {} });
    const [curl] = takenFrom(await response.text());
    expect(curl?.[1]).toContain(` http://localhost:8787${RUN.links.download}`);
    expect(curl?.[1]).not.toContain('--user');
  });

  it('is cancelled with a button, without a script too', async () => {
    const { response, calls } = await browse(`/page/runs/${RUN.id}/cancel`, { method: 'POST' });
    expect(response.headers.get('Location')).toBe('/');
    expect(calls.map(({ method, url }) => [method, new URL(url).pathname])).toEqual([
      ['DELETE', RUN.links.self],
    ]);
  });
});

/** What is told to somebody whom nobody knows. */
const told = async (mode: string) => {
  const headers = { Accept: BROWSER, 'Sec-Fetch-Mode': mode };
  const response = await edge().ask('/page/estimate', { method: 'POST', headers });
  expect(response.status).toBe(401);
  return response.text();
};

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

  it('of a session that is over leads back to the page that has asked', async () => {
    expect(await told('cors')).toContain('<a href="">Sign in again</a>, and go on from here.');
    expect(await told('cors')).not.toContain('To the reports');
    expect(await told('navigate')).toContain('<a href="/sign-in">Sign in</a>');
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
    const service = { '/download': problemResponse(problem, { 'Content-Length': '9' }) };
    const { response } = await browse(path, { service });
    expect(response.status).toBe(403);
    expect(response.headers.has('Content-Length')).toBe(false);
    expect(await response.text()).toContain('<p>Cannot read messages.</p>');
  });

  it.each<[string, Response]>([
    ['does not answer', Response.error()],
    ['answers something else', Response.json({ organisation: 'acme' })],
    ['answers half', new Response('{', { headers: { 'Content-Type': 'application/json' } })],
  ])('is 503 on the page when the service %s', async (_, answer) => {
    const { response, lines } = await browse('/', { service: { '/organisation': answer } });
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
