// Counting reports as pages: what is asked of the service, what is drawn and told, and that nothing a stranger
// or the data say becomes markup.

import { describe, expect, it } from 'vitest';
import { addDays } from '../../sql/contract/localDate.ts';
import { problemResponse } from '../../sql/contract/problem.ts';
import { MAX_PAGE_BYTES } from '../../worker/reportRows.ts';
import { BINDINGS, type Call, DEVELOPER, edge, token } from './harness.ts';

const ACME = {
  organisation: 'acme',
  name: 'Acme',
  timezone: 'UTC',
  weekStart: 'monday',
  messagesRoles: ['analyst'],
  dataThrough: '2026-08-01T00:00:00Z',
};

type Row = Readonly<Record<string, string | number | null>>;

const jsonLines = (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const asJsonLines = (body: string | ReadableStream) =>
  new Response(body, { headers: { 'Content-Type': 'application/jsonl; charset=utf-8' } });

/** `column` is what the period is called. */
const period = (column: string, label: string, rate: number | null, more: Row = {}): Row => ({
  [column]: label,
  ...more,
  Sessions: 1200,
  'Resolution Rate': rate,
  'Handoff Rate': 0.25,
  'Recontact Rate': rate,
});

const month = (label: string, rate: number | null, more?: Row) =>
  period('Created Month', label, rate, more);

const day = (label: string) => period('Created Date', label, 0.5);

const guide = (name: string, sessions: number, rate: number | null): Row => ({
  Guide: name,
  Sessions: sessions,
  'Resolution Rate': rate,
  'Recontact Rate': 0.1,
});

const reason = (category: string | null, subcategory: string | null, sessions: number) => ({
  'Handoff Category': category,
  'Handoff Subcategory': subcategory,
  Sessions: sessions,
  Share: sessions / 100,
});

/** A service whose reports are empty. */
const nothing = ({ url }: Call) => {
  if (url.endsWith('/organisation')) return Response.json(ACME);
  return url.endsWith('/api/runs') ? Response.json({ runs: [] }) : asJsonLines('');
};

async function view(
  path: string,
  report: readonly Row[] | (() => Response),
  organisation: object = ACME,
) {
  const subject = edge(({ url }) => {
    if (url.endsWith('/organisation')) return Response.json(organisation);
    return typeof report === 'function' ? report() : asJsonLines(jsonLines(report));
  });
  const headers = { Authorization: `Bearer ${await token()}`, Accept: 'text/html' };
  const response = await subject.ask(path, { headers });
  return { ...subject, response, text: await response.text() };
}

const RANGE = 'from=2026-05-01&to=2026-07-31';
const SUMMARY = `/reports/ai-sessions-summary?${RANGE}`;
const GUIDES = `/reports/ai-guides?${RANGE}`;

const asked = (call: Call | undefined) => JSON.parse(call?.body ?? '');

/** Bars and names in the order of the chart. */
const barsIn = (text: string) => [
  ...text.matchAll(/<div class="bar-row( few)?"><div class="bar-name"><bdi class="name">([^<]*)/g),
];

describe('what is asked of the service', () => {
  it('is the organisation, and the report once, as data', async () => {
    const { calls } = await view(`${SUMMARY}&excel=true&channel=CHAT&by=channel`, []);
    expect(calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
      'GET /organisation',
      'POST /download',
    ]);
    expect(asked(calls[1])).toEqual({
      report: 'ai-sessions-summary',
      parameters: {
        from: '2026-05-01',
        to: '2026-07-31',
        timezone: 'UTC',
        grouping: 'month',
        weekStart: 'monday',
        channel: ['CHAT'],
        by: 'channel',
        dates: 'local',
        format: 'jsonl',
        excel: false,
        formulaGuard: false,
      },
    });
  });

  it('is the last 30 full days by default, which the page’s links name', async () => {
    const { calls, text } = await view('/reports/ai-guides', [guide('Returns', 20, 0.5)]);
    expect(asked(calls[1]).parameters).toMatchObject({ from: '2026-07-02', to: '2026-07-31' });
    expect(text).toContain('href="/reports/ai-guides.csv?from=2026-07-02&amp;to=2026-07-31"');
  });

  it('is no part of what the browser has already', async () => {
    const subject = edge(nothing);
    const headers = {
      Authorization: `Bearer ${await token()}`,
      Range: 'bytes=0-3',
      'If-None-Match': '"x"',
    };
    expect((await subject.ask(GUIDES, { headers })).status).toBe(200);
    expect(subject.calls[1]?.headers.has('Range')).toBe(false);
    expect(subject.calls[1]?.headers.has('If-None-Match')).toBe(false);
  });

  it('is nothing when only the headers are asked for, or when the request is wrong', async () => {
    const subject = edge();
    expect((await subject.ask(GUIDES, { method: 'HEAD' })).status).toBe(200);
    for (const wrong of ['&by=channel', '&format=csv', '&grouping=hour', '&x=1']) {
      expect((await subject.ask(GUIDES + wrong)).status).toBe(400);
    }
    expect((await subject.ask('/reports/ai-nothing')).status).toBe(404);
    expect(subject.calls).toEqual([]);
  });
});

describe('a list of sessions', () => {
  it('is for the Reports page, with the same parameters', async () => {
    const subject = edge();
    const query = 'from=2026-05-01&channel=CHAT&channel=a%26b';
    const response = await subject.ask(`/reports/ai-sessions-detail?${query}`);
    expect(response.status).toBe(302);
    expect(response.headers.get('Location')).toBe(`/?report=ai-sessions-detail&${query}`);
    expect(subject.calls).toEqual([]);
  });
});

describe('rates over time', () => {
  it('are lines that break where there is no rate, and no sessions', async () => {
    const { text } = await view(SUMMARY.replace('2026-05', '2026-01'), [
      month('2026-01', 0.5),
      month('2026-02', 0.6),
      month('2026-03', null),
      month('2026-05', 0.7),
      month('2026-07', 0.8),
    ]);
    const [, path] = /<path class="line resolution" d="(M0\.5[^"]*)"/.exec(text) ?? [];
    expect(path).toBe('M0.5 50L1.5 40M4.5 30h0M6.5 20h0');
    expect(text.match(/<use href="#mark-resolution"/g)).toHaveLength(4);
    expect(text).toContain('Resolution rate: 80.0% in 2026-07, lowest 50.0%, highest 80.0%');
  });

  it('have one point where there is one period', async () => {
    const { text } = await view('/reports/ai-sessions-summary?from=2026-07-01&to=2026-07-31', [
      month('2026-07', 0.5),
    ]);
    expect(text).toContain('<use href="#mark-resolution" x="50%" y="120"/>');
    expect(text).toContain('Resolution rate: 50.0% in 2026-07</li>');
  });

  it('mark periods that the range cuts, in the table too', async () => {
    const { text } = await view(SUMMARY.replace('05-01', '05-20'), [
      month('2026-05', 0.5),
      month('2026-06', 0.5),
    ]);
    expect(text).toContain('On a shaded ground: 2026-05,');
    expect(text).toMatch(/<rect class="partial" x="0%" width="33.33%"/);
    expect(text).toMatch(/2026-05<\/bdi> <span class="quiet">in part/);
    expect(text).not.toMatch(/2026-06<\/bdi> <span class="quiet">in part/);
  });

  it('have no recontacts where a day has not passed since', async () => {
    const rows = ['2026-07-30', '2026-07-31'].map(day);
    const { text } = await view(
      '/reports/ai-sessions-summary?from=2026-07-30&to=2026-07-31&grouping=day',
      rows,
    );
    expect(text.match(/<use href="#mark-resolution"/g)).toHaveLength(2);
    expect(text.match(/<use href="#mark-recontact"/g)).toHaveLength(1);
    expect(text).toContain('The recontact rate ends before 2026-07-31');
  });

  it('have a plot for each channel, the one with the most sessions first', async () => {
    const { text } = await view(`${SUMMARY}&by=channel`, [
      month('2026-05', 0.5, { Channel: 'SMS' }),
      month('2026-05', 0.5, { Channel: 'CHAT' }),
      month('2026-06', 0.5, { Channel: 'CHAT' }),
      month('2026-06', 0.5, { Channel: null }),
    ]);
    const titles = [...text.matchAll(/<h3 id="panel-\d+"><bdi class="name">([^<]*)/g)];
    expect(titles.map(([, title]) => title)).toEqual(['CHAT', 'SMS', 'No channel']);
    expect(text).toContain('2,400 sessions');
  });

  it('have a plot of their own each when there are too many periods for one', async () => {
    const rows = Array.from({ length: 212 }, (_, index) => day(addDays('2026-01-01', index)));
    const { text } = await view(
      '/reports/ai-sessions-summary?from=2026-01-01&to=2026-07-31&grouping=day',
      rows,
    );
    expect(text.match(/<svg class="plot"/g)).toHaveLength(5); // three rates, sessions, axis
    expect(text).not.toContain('<use');
    expect(text).toContain('Longer periods show better how things go.');
  });
});

describe('bars', () => {
  it('show guides with the lowest resolution rate first, those with few sessions last', async () => {
    const { text } = await view(GUIDES, [
      guide('Often', 500, 0.7),
      guide('Bad', 40, 0.2),
      guide('Never over', 30, null),
      guide('Once', 1, 0),
    ]);
    expect(barsIn(text).map(([, few, name]) => [name, few !== undefined])).toEqual([
      ['Bad', false],
      ['Often', false],
      ['Never over', false],
      ['Once', true],
    ]);
    expect(text).toContain('<rect class="fill resolution" width="20%"');
    expect(text).toContain('<rect class="fill sessions" width="8%"');
  });

  it('show reasons with count and share, and what they belong to', async () => {
    const { text } = await view(`/reports/ai-handoff-reasons?${RANGE}`, [
      reason('handoff_manual', null, 60),
      reason('handoff_qc', 'Hallucination', 30),
      reason(null, null, 10),
    ]);
    expect(barsIn(text).map(([, , name]) => name)).toEqual([
      'handoff_manual',
      'Hallucination',
      'No category',
    ]);
    expect(text).toContain('<bdi class="quiet name">handoff_qc</bdi>');
    expect(text).toContain('<span class="value with-share">30, 30.0%</span>');
  });

  it('are one line for all sessions where nothing divides them', async () => {
    const row = { Sessions: 1200, 'Resolution Rate': 0.5 };
    const { text } = await view(`${SUMMARY}&grouping=none`, [row]);
    expect(barsIn(text).map(([, , name]) => name)).toEqual(['All sessions']);
  });

  it('are so many, and the page says of how many', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => guide(`Guide ${index}`, 20, 0.5));
    const { text } = await view(GUIDES, rows);
    expect(barsIn(text)).toHaveLength(25);
    expect(text).toContain('25 of 60; the table has all.');
    expect(text.match(/<tr>/g)).toHaveLength(61);
  });
});

describe('the table', () => {
  it('has caption, headers with their scope, and a region that can be scrolled to', async () => {
    const { text } = await view(GUIDES, [guide('Returns', 1234, 0.61237)]);
    expect(text).toContain('<caption>Gladly AI Guides, 2026-05-01 to 2026-07-31</caption>');
    expect(text).toContain('<th scope="col">Guide</th>');
    expect(text).toContain('<th scope="row"><bdi class="name">Returns</bdi></th>');
    expect(text).toContain('<td class="number">1,234</td>');
    expect(text).toContain('<td class="number">61.24%</td>');
    expect(text).toMatch(/<div class="scroll" role="region" aria-label="[^"]+" tabindex="0">/);
  });

  it('has a year of days, and says that there are more', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => guide(`Guide ${index}`, 20, 0.5));
    const { text } = await view(GUIDES, rows);
    expect(text.match(/<tr>/g)).toHaveLength(367);
    expect(text).toContain('The first 366 of 400 rows. The download has all.');
  });
});

describe('what the data and strangers say', () => {
  const attack = '"><img src=x onerror=alert(1)><script>alert(1)</script>';

  it('never becomes markup', async () => {
    const filter = new URLSearchParams({ guide: attack }).toString();
    const { text } = await view(`${GUIDES}&${filter}`, [guide(attack, 20, 0.5)], {
      ...ACME,
      name: attack,
    });
    expect(text).not.toMatch(/<img|<script|\sonerror="/);
    expect(text).toContain('Guide: <bdi>&quot;&gt;&lt;img');
  });

  it('never becomes markup in plots', async () => {
    const { text } = await view(`${SUMMARY}&by=agent`, [
      month('2026-05', 0.5, { 'Gladly Agent': attack }),
    ]);
    expect(text).not.toMatch(/<img|<script|\sonerror="/);
  });

  it('stands by itself, whatever its direction', async () => {
    const { text } = await view(GUIDES, [guide('مرتجع', 20, 0.5)]);
    expect(text.match(/<bdi[^>]*>مرتجع<\/bdi>/g)).toHaveLength(3);
  });
});

describe('the page', () => {
  it('keeps to the policy, which allows no style but its own and no script', async () => {
    const { response, text } = await view(SUMMARY, [month('2026-05', 0.5), month('2026-06', 0.6)]);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-[^']+';/);
    expect(text).toContain(`<style nonce="${nonce}">`);
    expect(text).not.toMatch(/<script|\sstyle=|\son\w+=|<link|https?:\/\//);
    expect(response.headers.get('Cache-Control')).toBe('private, no-store');
  });

  it('names every chart, and describes it', async () => {
    for (const [path, rows] of [
      [SUMMARY, [month('2026-05', 0.5)]],
      [`${SUMMARY}&by=channel`, [month('2026-05', 0.5, { Channel: 'CHAT' })]],
      [GUIDES, [guide('Returns', 20, 0.5)]],
    ] as const) {
      const { text } = await view(path, rows);
      const images = text.match(/role="img"[^>]*/g) ?? [];
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) {
        for (const attribute of ['aria-labelledby', 'aria-describedby']) {
          const [, id = ''] = new RegExp(`${attribute}="([^"]+)"`).exec(image) ?? [];
          expect(text).toContain(` id="${id}"`);
        }
      }
      const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('leads to every format, and back to the form, with the same parameters', async () => {
    const { text } = await view(`${GUIDES}&excel=true&channel=CHAT`, []);
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) =>
      href?.replaceAll('&amp;', '&'),
    );
    const query = `${RANGE}&excel=true&channel=CHAT`;
    expect(links).toContain(`/?report=ai-guides&${query}`);
    expect(links).toContain(`/reports/ai-guides.csv?${query}`);
    expect(links).toContain(`/reports/ai-guides.parquet?${RANGE}&channel=CHAT`);
    for (const link of links.filter((each) => each?.startsWith('/reports/'))) {
      expect((await edge().ask(link ?? '', { method: 'HEAD' })).status).toBe(200);
    }
  });

  it('says what it is about in words', async () => {
    const query = `${RANGE}&channel=CHAT&channel=SMS&outcome=resolved&timezone=Asia/Tokyo`;
    const { text } = await view(`/reports/ai-guides?${query}`, []);
    expect(text).toMatch(/Sessions created 1 May\W+31 Jul 2026/);
    expect(text).toContain('(Asia/Tokyo)');
    expect(text).toContain(
      'Only Channel: <bdi>CHAT</bdi> or <bdi>SMS</bdi>; Outcome: <bdi>Resolved</bdi>.',
    );
    expect(text).toContain('Data through');
  });

  it('counts the rest of a long list of values', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `guide=g${index}`).join('&');
    const { text } = await view(`${GUIDES}&${many}`, []);
    expect(text).toContain(' or 95 more');
  });

  it.each<[string, string, object, RegExp]>([
    ['nothing in the range', GUIDES, ACME, /Nothing in this range.*no sessions with a guide in/s],
    ['nothing that fits', `${GUIDES}&channel=X`, ACME, /that fit the filters.*Look without the/s],
    ['no data at all', GUIDES, { ...ACME, dataThrough: null }, /npx ai-sessions sample --org acme/],
  ])('says so when there is %s', async (_, path, organisation, words) => {
    const { response, text } = await view(path, [], organisation);
    expect(response.status).toBe(200);
    expect(text).toMatch(words);
    expect(text).not.toContain('<table');
  });

  it('does not show more than it can, and stops reading', async () => {
    let sent = 0;
    let isCancelled = false;
    const line = new TextEncoder().encode(jsonLines([guide('x'.repeat(60_000), 1, 0.5)]));
    const body = new ReadableStream({
      pull(controller) {
        sent += line.length;
        controller.enqueue(line);
      },
      cancel() {
        isCancelled = true;
      },
    });
    const { response, text } = await view(GUIDES, () => asJsonLines(body));
    expect(response.status).toBe(200);
    expect(text).toContain('more rows than a page can show');
    expect(text).not.toContain('<table');
    expect(isCancelled).toBe(true);
    expect(sent).toBeLessThan(MAX_PAGE_BYTES * 1.1);
  });

  it.each<[string, () => Response]>([
    ['breaks off', () => asJsonLines('{"Guide":"Returns","Sess')],
    ['is of another shape', () => asJsonLines('{"Guide":["Returns"]}\n')],
    [
      'is of another type',
      () => new Response('Guide\n', { headers: { 'Content-Type': 'text/csv' } }),
    ],
    [
      'fails half-way',
      () =>
        asJsonLines(
          new ReadableStream({
            start: (controller) => controller.error(new Error('gone')),
          }),
        ),
    ],
  ])('is a problem when the report %s', async (_, report) => {
    const { response, text, lines } = await view(GUIDES, report);
    expect(response.status).toBe(503);
    expect(text).toContain('Analytics unavailable');
    expect(lines).toHaveLength(1);
  });

  it('hands on what the service refuses', async () => {
    const { response, text } = await view(GUIDES, () =>
      problemResponse({ kind: 'busy', retryAfterSeconds: 7 }),
    );
    expect(response.status).toBe(503);
    expect(response.headers.get('Retry-After')).toBe('7');
    expect(text).toContain('<a href="">Try again</a> in 7 seconds.');
  });

  it('says when it is the development identity that looks', async () => {
    const bindings = { ...BINDINGS, DEVELOPMENT_IDENTITY: JSON.stringify(DEVELOPER) };
    for (const path of ['/', GUIDES]) {
      const { ask } = edge(nothing, bindings);
      const response = await ask(`http://localhost${path}`, { headers: {} });
      expect(await response.text()).toContain('Development identity:');
    }
  });
});
