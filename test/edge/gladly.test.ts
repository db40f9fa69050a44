// Gladly's own protocol, as programs written for it speak it (DOMAIN, SPEC 4).

import { describe, expect, it } from 'vitest';
import { problemResponse } from '../../sql/contract/problem.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import { parseRun } from '../../sql/contract/run.ts';
import { edge, token } from './harness.ts';

const PATH = '/api/v1/reports';

const REQUEST = {
  metricSet: 'GladlyAISessionsDetailReport',
  startAt: '2026-07-01',
  endAt: '2026-07-31',
};

async function post(body: unknown, subject = edge(), headers?: Record<string, string>) {
  const authorization = { Authorization: `Bearer ${await token()}` };
  const response = await subject.ask(PATH, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      ...(headers ?? authorization),
    },
  });
  return { ...subject, response };
}

/** The parameters of the Run that a request becomes, but for those that no request can set. */
async function parametersOf(changes: object): Promise<object> {
  const { response, calls } = await post({ ...REQUEST, ...changes });
  expect(response.status, await response.clone().text()).toBe(200);
  const run = JSON.parse(calls[0]?.body ?? '');
  expect(parseRun(run)).toEqual({ run });
  const { dates, format, excel, formulaGuard, ...chosen } = run.parameters;
  expect({ dates, format, excel, formulaGuard }).toEqual({
    dates: 'local',
    format: 'csv',
    excel: false,
    formulaGuard: true,
  });
  return chosen;
}

const RANGE = { from: REQUEST.startAt, to: REQUEST.endAt };

describe('a request', () => {
  it('becomes a Run that is asked for once, within the limits of the protocol', async () => {
    const { response, calls } = await post(REQUEST);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(await response.text()).toBe('Session ID\n');
    expect(calls).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: 'http://analytics.internal:8790/api-download',
      }),
    ]);
    expect(JSON.parse(calls[0]?.body ?? '').report).toBe('ai-sessions-detail');
  });

  it('names each report that Gladly has by its metricSet', async () => {
    for (const [name, report] of Object.entries(REPORTS)) {
      if (!('metricSet' in report)) continue;
      const { calls } = await post({ ...REQUEST, metricSet: report.metricSet });
      expect(JSON.parse(calls[0]?.body ?? '').report).toBe(name);
    }
  });

  it.each<[string, object, object]>([
    ['dates alone', {}, {}],
    ['a zone', { timezone: 'Asia/Tokyo' }, { timezone: 'Asia/Tokyo' }],
    ['daily', { aggregationLevel: 'daily' }, { grouping: 'day' }],
    ['weekly', { aggregationLevel: 'weekly' }, { grouping: 'week' }],
    ['monthly', { aggregationLevel: 'monthly' }, { grouping: 'month' }],
    ['quarterly', { aggregationLevel: 'quarterly' }, { grouping: 'quarter' }],
    ['yearly, beyond Gladly', { aggregationLevel: 'yearly' }, { grouping: 'year' }],
    ['nulls', { timezone: null, aggregationLevel: null, filters: null }, {}],
    ['no filters', { filters: {} }, {}],
    ['empty filters', { filters: { channel: [], inboxes: [], teams: null, agent: [] } }, {}],
    ['all channels', { filters: { channel: 'allChannels' } }, {}],
    ['all channels beside one', { filters: { channel: ['chat', 'allChannels'] } }, {}],
    ['chat', { filters: { channel: 'chat' } }, { channel: ['CHAT'] }],
    ['email', { filters: { channel: ['email'] } }, { channel: ['EMAIL'] }],
    ['fbMessenger', { filters: { channel: 'fbMessenger' } }, { channel: ['FACEBOOK_MESSENGER'] }],
    ['sms', { filters: { channel: 'sms' } }, { channel: ['SMS'] }],
    ['twitter', { filters: { channel: 'twitter' } }, { channel: ['TWITTER'] }],
    ['voice', { filters: { channel: 'voice' } }, { channel: ['VOICE'] }],
    ['whatsapp', { filters: { channel: 'whatsapp' } }, { channel: ['WHATSAPP'] }],
    [
      'instagramDirect',
      { filters: { channel: 'instagramDirect' } },
      { channel: ['INSTAGRAM_DIRECT'] },
    ],
    [
      'several channels, in the report’s spelling too',
      { filters: { channel: ['voice', 'chat', 'VOICE', 'RCS'] } },
      { channel: ['CHAT', 'RCS', 'VOICE'] },
    ],
    [
      'every filter of ours',
      {
        filters: {
          agent: 'Main Guides',
          guide: ['Returns', 'Order status'],
          outcome: 'resolved',
          handoffCategory: 'handoff_manual',
          handoffSubcategory: 'legal threat',
          customerId: 'c1',
          conversationId: 'v1',
          sessionId: ['s2', 's1'],
          recontacted: true,
        },
      },
      {
        agent: ['Main Guides'],
        guide: ['Order status', 'Returns'],
        outcome: ['resolved'],
        handoffCategory: ['handoff_manual'],
        handoffSubcategory: ['legal threat'],
        customerId: ['c1'],
        conversationId: ['v1'],
        sessionId: ['s1', 's2'],
        recontacted: 'true',
      },
    ],
    ['what is pending', { filters: { recontacted: 'pending' } }, { recontacted: 'pending' }],
  ])('with %s', async (_, changes, parameters) => {
    expect(await parametersOf(changes)).toEqual({ ...RANGE, ...parameters });
  });

  it('gets a CSV whatever it accepts', async () => {
    for (const accept of ['application/json', 'text/html', '*/*', 'image/png']) {
      const authorization = `Bearer ${await token()}`;
      const { response } = await post(REQUEST, edge(), {
        Authorization: authorization,
        Accept: accept,
      });
      expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    }
  });

  it('gets the service’s name for the file and the state of the limits', async () => {
    const headers = {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': 'attachment; filename="GladlyAISessionsDetailReport-Daily.csv"',
      'Ratelimit-Limit-Second': '10',
      'Ratelimit-Remaining-Second': '1',
    };
    const { response } = await post(
      REQUEST,
      edge(() => new Response('', { headers })),
    );
    expect(Object.fromEntries(response.headers)).toMatchObject(
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
    );
  });
});

type Expected = readonly [attr: string, code: string, detail: string | RegExp];

const LONG = 'x'.repeat(201);

describe('a request that is not right is told every fault, in Gladly’s shape', () => {
  it.each<[string, unknown, Expected[]]>([
    [
      'nothing said',
      {},
      [
        ['metricSet', 'blank', 'metricSet must be specified'],
        ['startAt', 'blank', 'startAt must be specified'],
        ['endAt', 'blank', 'endAt must be specified'],
      ],
    ],
    [
      'nulls and empty texts',
      { metricSet: null, startAt: '', endAt: null, timezone: '', aggregationLevel: '' },
      [
        ['metricSet', 'blank', 'metricSet must be specified'],
        ['startAt', 'blank', 'startAt must be specified'],
        ['endAt', 'blank', 'endAt must be specified'],
        ['timezone', 'blank', 'timezone must be specified'],
        ['aggregationLevel', 'blank', 'aggregationLevel must be specified'],
      ],
    ],
    [
      'an unknown metricSet, which is told what exists',
      { ...REQUEST, metricSet: 'WorkSessionsReport' },
      [
        [
          'metricSet',
          'invalid',
          'metricSet must be one of GladlyAISessionsDetailReport, GladlyAISessionsDetailWithMessagesReport',
        ],
      ],
    ],
    [
      'a metricSet of all objects',
      { ...REQUEST, metricSet: 'toString' },
      [['metricSet', 'invalid', /one of/]],
    ],
    [
      'a metricSet that is no text',
      { ...REQUEST, metricSet: ['x'] },
      [['metricSet', 'invalid', /one of/]],
    ],
    [
      'a date that does not exist',
      { ...REQUEST, startAt: '2026-02-30' },
      [['startAt', 'invalid', /exists/]],
    ],
    [
      'an instant',
      { ...REQUEST, endAt: '2026-07-31T00:00:00Z' },
      [['endAt', 'invalid', /YYYY-MM-DD/]],
    ],
    ['a number for a date', { ...REQUEST, endAt: 20260731 }, [['endAt', 'invalid', /YYYY-MM-DD/]]],
    [
      'an end before its start',
      { ...REQUEST, startAt: '2026-08-01' },
      [['startAt', 'invalid', 'startAt must not be after endAt: 2026-08-01 is after 2026-07-31']],
    ],
    [
      'more than five years',
      { ...REQUEST, startAt: '2021-07-31' },
      [['endAt', 'invalid', 'endAt must be at most 5 years after startAt']],
    ],
    ['an unknown zone', { ...REQUEST, timezone: 'Mars/Base' }, [['timezone', 'invalid', /IANA/]]],
    [
      'half hours',
      { ...REQUEST, aggregationLevel: 'halfHourly' },
      [['aggregationLevel', 'invalid', /cannot be halfHourly: the finest is daily/]],
    ],
    [
      'another level',
      { ...REQUEST, aggregationLevel: 'Daily' },
      [['aggregationLevel', 'invalid', /must be one of daily, weekly, monthly, quarterly, yearly/]],
    ],
    ['filters in a list', { ...REQUEST, filters: 'chat' }, [['filters', 'invalid', /object/]]],
    [
      'an unknown channel, twice',
      { ...REQUEST, filters: { channel: ['fax', 'pager'] } },
      [['filters.channel', 'invalid', /^filters.channel must be one of allChannels, chat, email/]],
    ],
    [
      'inboxes and teams',
      { ...REQUEST, filters: { inboxes: ['i1'], teams: ['t1', 't2'] } },
      [
        ['filters.inboxes', 'present', /^filters.inboxes is not available, and must be empty/],
        ['filters.teams', 'present', /^filters.teams is not available, and must be empty/],
      ],
    ],
    [
      'filters that are none',
      { ...REQUEST, filters: { outcome: 'happy', recontacted: 'maybe', guide: 7, color: 'red' } },
      [
        ['filters.guide', 'invalid', /text/],
        ['filters.outcome', 'invalid', /must be one of no_response/],
        ['filters.recontacted', 'invalid', /true, false, pending/],
        ['filters.color', 'invalid', /known are channel, inboxes/],
      ],
    ],
    [
      'too much and too little text',
      {
        ...REQUEST,
        filters: {
          agent: LONG,
          guide: '',
          sessionId: Array.from({ length: 101 }, (_, index) => `s${index}`),
        },
      },
      [
        ['filters.agent', 'too_long', /at most 200 characters/],
        ['filters.guide', 'blank', 'filters.guide must not be empty'],
        ['filters.sessionId', 'too_long', /at most 100 values/],
      ],
    ],
    [
      'what the protocol does not know, another organisation among it',
      { ...REQUEST, organisation: 'globex', format: 'parquet' },
      [
        ['organisation', 'invalid', /known are metricSet/],
        ['format', 'invalid', /known are metricSet/],
      ],
    ],
    [
      'several faults together',
      { startAt: '2026-07-32', endAt: '2026-07-01', timezone: 'X', filters: { teams: [1] } },
      [
        ['metricSet', 'blank', /specified/],
        ['startAt', 'invalid', /exists/],
        ['timezone', 'invalid', /IANA/],
        ['filters.teams', 'present', /empty/],
      ],
    ],
    [
      'a list',
      [],
      [
        ['metricSet', 'blank', /./],
        ['startAt', 'blank', /./],
        ['endAt', 'blank', /./],
      ],
    ],
    ['a text', '"reports"', [['body', 'invalid', 'body must be an object']]],
    ['null', 'null', [['body', 'blank', 'body must be specified']]],
    ['no JSON', '{"metricSet":', [['body', 'invalid', 'body must be JSON']]],
    ['nothing at all', '', [['body', 'invalid', 'body must be JSON']]],
  ])('%s', async (_, body, expected) => {
    const { response, calls } = await post(body);
    expect(response.status).toBe(400);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(await response.json()).toEqual({
      errors: expected.map(([attr, code, detail]) => ({
        attr,
        code,
        detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
      })),
    });
    expect(calls).toEqual([]);
  });

  it('without repeating what a stranger sent', async () => {
    const attack = '<img src=x onerror=alert(1)>';
    const { response } = await post({ metricSet: attack, startAt: attack, timezone: attack });
    expect(await response.text()).not.toContain('<img');
  });
});

const authorized = async (claims = {}) => ({ Authorization: `Bearer ${await token(claims)}` });

describe('every other refusal has Gladly’s shape too', () => {
  it.each<[string, () => Promise<Record<string, string>>, number, string]>([
    ['nobody', async () => ({}), 401, 'Authorization'],
    ['a token that is not good', async () => ({ Authorization: 'Bearer x' }), 401, 'Authorization'],
    ['a caller without a role', () => authorized({ roles: ['agent'] }), 403, 'Authorization'],
    [
      'a form',
      async () => ({ ...(await authorized()), 'Content-Type': 'text/plain' }),
      415,
      'Content-Type',
    ],
  ])('%s', async (_, headers, status, attr) => {
    const { response, calls } = await post(REQUEST, edge(), await headers());
    expect(response.status).toBe(status);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    const detail = expect.stringMatching(/^Cannot /);
    expect(await response.json()).toEqual({ errors: [{ attr, code: 'invalid', detail }] });
    expect(calls).toEqual([]);
  });

  it('keeps the headers of a refusal', async () => {
    const { response } = await post(REQUEST, edge(), {});
    expect(response.headers.has('WWW-Authenticate')).toBe(true);
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]+$/);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it.each([
    [
      {
        kind: 'rate-limited',
        detail: 'Cannot begin another report',
        retryAfterSeconds: 7,
      } as const,
      429,
      { attr: 'request', code: 'temporary_failure' },
    ],
    [{ kind: 'unknown-organisation' } as const, 404, { attr: 'organisation', code: 'not_exist' }],
    [
      { kind: 'forbidden', detail: 'Cannot run reports with messages' } as const,
      403,
      { attr: 'Authorization', code: 'invalid' },
    ],
    [{ kind: 'run-failed' } as const, 500, { attr: 'request', code: 'temporary_failure' }],
    [
      {
        kind: 'invalid-run',
        faults: [{ parameter: 'timezone', detail: 'must be known' }],
      } as const,
      400,
      { attr: 'timezone', code: 'invalid', detail: 'timezone must be known' },
    ],
    [
      { kind: 'invalid-run', faults: [{ parameter: 'agent', detail: 'must be text' }] } as const,
      400,
      { attr: 'filters.agent', code: 'invalid', detail: 'filters.agent must be text' },
    ],
  ])('of the service: $kind', async (problem, status, error) => {
    const upstream = edge(() => problemResponse(problem, { 'Ratelimit-Limit-Second': '10' }));
    const { response } = await post(REQUEST, upstream);
    expect(response.status).toBe(status);
    expect(response.headers.get('Ratelimit-Limit-Second')).toBe('10');
    if (status === 429) expect(response.headers.get('Retry-After')).toBe('7');
    expect(await response.json()).toEqual({ errors: [expect.objectContaining(error)] });
  });

  it('for a service that does not answer, and for browsers', async () => {
    const subject = edge(() => Promise.reject(new TypeError('fetch failed')));
    const headers = { ...(await authorized()), Accept: 'text/html' };
    const { response } = await post(REQUEST, subject, headers);
    expect(response.status).toBe(503);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ errors: [{ code: 'temporary_failure' }] });
  });

  it('for other methods and paths beside it', async () => {
    const get = await edge().ask(PATH);
    expect([get.status, get.headers.get('Allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(await get.json()).toMatchObject({ errors: [{ attr: 'method', code: 'invalid' }] });
    const nowhere = await edge().ask('/api/v1/agents');
    expect(nowhere.status).toBe(404);
    expect(await nowhere.json()).toMatchObject({ errors: [{ attr: 'path', code: 'not_exist' }] });
  });
});
