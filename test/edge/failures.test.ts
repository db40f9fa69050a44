// Every way of failing over all routes: each response that the OpenAPI document promises is produced
// here, in the shape that it promises, and no way gives one that it does not.

import { generateKeyPair, SignJWT } from 'jose';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProblemDocument, problemResponse } from '../../sql/contract/problem.ts';
import { runLinks } from '../../sql/contract/runStatus.ts';
import { GladlyErrors } from '../../worker/gladly/error.ts';
import { MAX_ADDRESS_CHARACTERS, MAX_BODY_BYTES } from '../../worker/limits.ts';
import {
  OPENAPI,
  type OperationObject,
  type ResponseObject,
} from '../../worker/openapi/document.ts';
import { PROBLEM_EXAMPLES, type ProblemKind } from '../../worker/openapi/problems.ts';
import { Browser } from './browser.ts';
import { BINDINGS, type Call, CLAIMS, type Edge, edge, token } from './harness.ts';
import { CLIENT, type IdentityProvider, startIdentityProvider } from './identityProvider.ts';
import { reportsService } from './reportsSite.ts';

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  /** Null leaves out what is sent with every other request. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** What the analytics service, or the key set's host, answers. */
  readonly upstream?: (call: Call) => Response | Promise<Response>;
  readonly bindings?: object;
  readonly now?: () => Date;
}

const GLADLY_REQUEST = JSON.stringify({
  metricSet: 'GladlyAISessionsDetailReport',
  startAt: '2026-07-01',
  endAt: '2026-07-31',
});

const SITE = 'https://reports.example';
const ACCOUNTS = {
  ana: { email: 'ana@acme.example', email_verified: true, org: 'acme', roles: ['analyst'] },
  bob: { email: 'bob@acme.example', email_verified: true },
};

let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider({ edge: SITE, accounts: ACCOUNTS });
});

afterAll(() => provider.close());

const BROWSER = { Authorization: null, Accept: 'text/html' };
const LINKS = { ...BINDINGS, EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more' };
const withProvider = () => ({
  ...LINKS,
  OIDC_ISSUER: provider.issuer,
  OIDC_CLIENT_ID: CLIENT.id,
  OIDC_CLIENT_SECRET: CLIENT.secret,
});

const toProvider = ({ url, method, headers, body }: Call) =>
  fetch(url, body === '' ? { method, headers } : { method, headers, body });

/** What a browser asks with a provider set, at the provider's own time. */
const browsing = (asked: Asked): Asked => ({
  upstream: toProvider,
  bindings: withProvider(),
  now: () => new Date(),
  ...asked,
  path: SITE + asked.path,
  headers: { ...BROWSER, ...asked.headers },
});

const isBack = ({ pathname }: URL) => pathname === '/sign-in/callback';

/** What a browser asks when it comes back from the provider. */
async function backFromProvider(login: keyof typeof ACCOUNTS): Promise<Asked> {
  const { bindings } = browsing({ path: '' });
  const subject = edge(toProvider, bindings, () => new Date());
  const browser = new Browser(SITE, subject.ask);
  const page = await browser.open('/sign-in/begin');
  const { url } = await browser.submit(page, { login, password: 'any' }, isBack);
  const headers = { Cookie: await browser.jar.getCookieString(url.href) };
  return browsing({ path: url.pathname + url.search, headers });
}

const STATUS = {
  id: 'a'.repeat(40),
  report: 'ai-sessions-detail',
  parameters: {},
  status: 'complete',
  percent: 100,
  rows: 1,
  bytes: 11,
  sha256: 'b'.repeat(64),
  dataThrough: null,
  startedAt: '2026-08-01T12:00:00Z',
  finishedAt: '2026-08-01T12:00:01Z',
  expiresAt: '2026-08-02T12:00:01Z',
  problem: null,
  links: runLinks('a'.repeat(40)),
};
const AT = { Location: STATUS.links.self };
const BEGUN = {
  path: '/api/runs',
  method: 'POST',
  body: JSON.stringify({ report: 'ai-sessions-detail' }),
  headers: { 'Content-Type': 'application/json' },
};
const PART = {
  headers: { Range: 'bytes=0-3' },
  upstream: () => {
    const headers = { 'Content-Type': 'text/csv', 'Content-Range': 'bytes 0-3/11' };
    return new Response('Sess', { status: 206, headers });
  },
};
const HAD = {
  headers: { 'If-None-Match': '"x"' },
  upstream: () => new Response(null, { status: 304 }),
};

const counts = (call: Call) =>
  call.url.endsWith('/organisation')
    ? reportsService()(call)
    : new Response('{"Guide":"Returns","Sessions":1}\n', {
        headers: { 'Content-Type': 'application/jsonl' },
      });

type Making = Asked | (() => Promise<Asked>);

/** Requests that are right: for each operation one for each status, the usual one first. */
const RIGHT: Readonly<Record<string, Readonly<Record<number, Making>>>> = {
  downloadReport: {
    200: { path: '/reports/ai-sessions-detail.csv' },
    206: { path: '/reports/ai-sessions-detail.csv', ...PART },
    304: { path: '/reports/ai-sessions-detail.csv', ...HAD },
    302: async () => browsing({ path: '/reports/ai-sessions-detail.csv' }),
  },
  viewReport: {
    200: { path: '/reports/ai-guides', upstream: counts },
    302: async () => ({ path: '/reports/ai-sessions-detail' }),
  },
  downloadAudit: {
    200: async () => ({
      path: '/reports/audit.csv',
      headers: await authorized({ roles: ['administrator'] }),
    }),
    302: async () => browsing({ path: '/reports/audit.csv' }),
  },
  downloadGladlyReport: {
    200: {
      path: '/api/v1/reports',
      method: 'POST',
      body: GLADLY_REQUEST,
      headers: { 'Content-Type': 'application/json' },
    },
  },
  beginRun: {
    201: { ...BEGUN, upstream: () => Response.json(STATUS, { status: 201, headers: AT }) },
    202: { ...BEGUN, upstream: () => Response.json(STATUS, { status: 202, headers: AT }) },
  },
  listRuns: { 200: { path: '/api/runs', upstream: () => Response.json({ runs: [STATUS] }) } },
  getRun: { 200: { path: STATUS.links.self, upstream: () => Response.json(STATUS) } },
  cancelRun: {
    204: {
      path: STATUS.links.self,
      method: 'DELETE',
      upstream: () => new Response(null, { status: 204 }),
    },
  },
  downloadRun: {
    200: { path: STATUS.links.download },
    206: { path: STATUS.links.download, ...PART },
    302: async () => browsing({ path: STATUS.links.download }),
    304: { path: STATUS.links.download, ...HAD },
  },
  issueLink: {
    201: {
      path: '/api/links',
      method: 'POST',
      body: JSON.stringify({ path: '/reports/ai-sessions-detail.csv' }),
      headers: { 'Content-Type': 'application/json' },
      bindings: LINKS,
    },
  },
  showReports: {
    200: { path: '/', upstream: reportsService() },
    302: async () => browsing({ path: '/' }),
  },
  showSignIn: { 200: async () => browsing({ path: '/sign-in' }) },
  beginSignIn: { 200: async () => browsing({ path: '/sign-in/begin' }) },
  finishSignIn: { 303: () => backFromProvider('ana') },
  signOut: {
    200: async () => browsing({ path: '/sign-out', method: 'POST' }),
    303: async () =>
      browsing({ path: '/sign-out', method: 'POST', upstream: () => Response.json({}) }),
  },
  showSignedOut: { 200: { path: '/signed-out' } },
  showDocs: { 200: { path: '/docs' } },
  getOpenApi: { 200: { path: '/openapi.json' } },
  getHealth: { 200: { path: '/healthz' } },
  getReadiness: { 200: { path: '/readyz', upstream: () => Response.json({ ready: true }) } },
};

/** A token of an issuer whose keys cannot be fetched. */
async function unverifiable(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey);
}

/** The same variables with keys to be fetched. */
function withKeySet(bindings: object = BINDINGS): object {
  const { JWT_SECRET: _, ...others } = { JWT_SECRET: '', ...bindings };
  return { ...others, JWT_JWKS_URL: 'https://issuer.example/jwks' };
}

const ON_FIRE = new Proxy(
  {},
  {
    get: () => {
      throw new Error('The lake is on fire');
    },
  },
);

const unreachable = () => Promise.reject(new TypeError('fetch failed'));
const authorized = async (claims: object) => ({
  Authorization: `Bearer ${await token({ ...claims })}`,
});
const ofTheService = (kind: ProblemKind) => (right: Asked) => ({
  ...right,
  upstream: () => problemResponse(PROBLEM_EXAMPLES[kind]),
});
const withHeaders = (right: Asked, headers: NonNullable<Asked['headers']>) => ({
  ...right,
  headers: { ...right.headers, ...headers },
});

/** How a request that is right goes wrong, for each kind of problem. */
const WRONG: Partial<Record<ProblemKind, (right: Asked) => Asked | Promise<Asked>>> = {
  'address-too-long': (right) => ({
    ...right,
    path: `${right.path}?x=${'x'.repeat(MAX_ADDRESS_CHARACTERS)}`,
  }),
  unauthenticated: (right) => withHeaders(right, { Authorization: null }),
  forbidden: async (right) => withHeaders(right, await authorized({ roles: ['agent'] })),
  'identity-unavailable': async (right) => ({
    ...withHeaders(right, { Authorization: `Bearer ${await unverifiable()}` }),
    bindings: withKeySet(right.bindings),
    upstream: unreachable,
  }),
  misconfigured: (right) => ({ ...right, bindings: {} }),
  internal: (right) => ({ ...right, bindings: ON_FIRE }),
  'invalid-run': (right) =>
    right.method === 'POST' ? { ...right, body: '{}' } : { ...right, path: `${right.path}?from=x` },
  'unknown-report': (right) => ({ ...right, path: '/reports/no-such-report.csv' }),
  'wrong-media-type': (right) => withHeaders(right, { 'Content-Type': 'text/plain' }),
  'body-too-large': (right) => ({ ...right, body: ' '.repeat(MAX_BODY_BYTES + 1) }),
  'rate-limited': ofTheService('rate-limited'),
  'unknown-organisation': ofTheService('unknown-organisation'),
  'run-failed': ofTheService('run-failed'),
  'too-many-runs': ofTheService('too-many-runs'),
  busy: ofTheService('busy'),
  'run-cancelled': ofTheService('run-cancelled'),
  'data-changed': ofTheService('data-changed'),
  'run-timed-out': ofTheService('run-timed-out'),
  'out-of-memory': ofTheService('out-of-memory'),
  'spool-full': ofTheService('spool-full'),
  'unknown-run': ofTheService('unknown-run'),
  'run-expired': ofTheService('run-expired'),
  'range-not-satisfiable': ofTheService('range-not-satisfiable'),
  'analytics-unavailable': (right) => ({ ...right, upstream: unreachable }),
};

/** Where an operation has its own way of going wrong. */
const WRONG_OF: Readonly<Record<string, Partial<typeof WRONG>>> = {
  downloadReport: {
    'not-found': (right) => ({ ...right, path: '/reports/ai-sessions-detail.xlsx' }),
  },
  beginRun: {
    'unknown-report': (right) => ({ ...right, body: JSON.stringify({ report: 'no-such' }) }),
  },
  finishSignIn: {
    'sign-in-failed': (right) => withHeaders(right, { Cookie: null }),
    forbidden: () => backFromProvider('bob'),
    'not-found': (right) => ({ ...right, bindings: BINDINGS }),
  },
  beginSignIn: { 'not-found': (right) => ({ ...right, bindings: BINDINGS }) },
  signOut: {
    forbidden: (right) => withHeaders(right, { Origin: 'https://evil.example' }),
    'not-found': (right) => ({ ...right, bindings: BINDINGS }),
  },
  issueLink: { 'not-found': (right) => ({ ...right, bindings: BINDINGS }) },
};

/** Those that can be tried on every operation, whether it minds or not. */
const ANYWHERE: readonly ProblemKind[] = [
  'address-too-long',
  'unauthenticated',
  'forbidden',
  'identity-unavailable',
  'misconfigured',
  'internal',
  'invalid-run',
  'wrong-media-type',
  'body-too-large',
  'analytics-unavailable',
];

async function ask({ path, method = 'GET', body, headers, upstream, bindings, now }: Asked) {
  const subject = edge(upstream, bindings, now);
  const all = Object.entries({ ...(await authorized({})), ...headers });
  const sent = all.flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, value]],
  );
  const init = { method, headers: Object.fromEntries(sent) };
  const response = await subject.ask(path, body === undefined ? init : { ...init, body });
  return { ...subject, response };
}

/** Either the service knows, or it is told, or the operator's log has a line: SPEC 5. */
function expectTrace({ calls, refusals, lines }: Pick<Edge, 'calls' | 'refusals' | 'lines'>): void {
  const asked = calls.some(({ url }) => url.startsWith(BINDINGS.ANALYTICS_URL ?? ''));
  if (asked) expect(refusals).toEqual([]);
  else expect(refusals.length + lines.length).toBe(1);
}

const mediaTypeOf = ({ headers }: Response) => headers.get('Content-Type')?.split(';')[0] ?? '';

function expectManners({ headers }: Response): void {
  expect(headers.get('X-Request-Id')).toMatch(/^[\w-]+$/);
  expect(headers.get('Server-Timing')).toContain('desc="edge"');
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  expect(headers.get('Referrer-Policy')).toBe('no-referrer');
  expect([...headers.keys()].join()).not.toContain('access-control');
}

/** Those that the document promises. */
function expectHeaders({ headers }: Response, promised: ResponseObject | undefined): void {
  expect([...headers.keys()]).toEqual(
    expect.arrayContaining(Object.keys(promised?.headers ?? {}).map((name) => name.toLowerCase())),
  );
}

/** The one shape of problems, Gladly's on its own paths. */
async function expectShape(path: string, response: Response, kind: ProblemKind): Promise<void> {
  expectManners(response);
  expect(response.headers.get('Cache-Control')).toContain('no-store');
  const text = await response.clone().text();
  expect(text).toMatch(/^\{.*\}\n$/);
  if (/^\/api\/v1(\/|$)/.test(path)) {
    expect(mediaTypeOf(response)).toBe('application/json');
    const { errors } = v.parse(v.strictObject(GladlyErrors.entries), JSON.parse(text));
    expect(errors.length).toBeGreaterThan(0);
    return;
  }
  expect(mediaTypeOf(response)).toBe('application/problem+json');
  const problem = v.parse(v.strictObject(ProblemDocument.entries), JSON.parse(text));
  expect(problem.type).toBe(`urn:ai-sessions:problem:${kind}`);
  expect(problem.status).toBe(response.status);
}

const operations = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, string, string, OperationObject] => [
    operation.operationId,
    path,
    method,
    operation,
  ]),
);

/** The request that gives the status; without one the usual request. */
async function rightFor(operationId: string, status?: number): Promise<Asked> {
  const requests = RIGHT[operationId] ?? {};
  const making = status === undefined ? Object.values(requests)[0] : requests[status];
  if (making === undefined) throw new Error(`Add a request for ${operationId} ${status ?? ''}`);
  return typeof making === 'function' ? making() : making;
}

function provoke(kind: string, operationId: string) {
  const change = WRONG_OF[operationId]?.[kind as ProblemKind] ?? WRONG[kind as ProblemKind];
  if (change === undefined) throw new Error(`Add a way to provoke ${kind}`);
  return change;
}

describe.each(operations)('%s', (id, path, method, { responses, security }) => {
  const successes = Object.keys(responses)
    .map(Number)
    .filter((status) => status < 400);
  const refusals = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).flatMap(([mediaType, { examples = {} }]) =>
      Object.keys(examples).map((kind): [string, number, string] => [
        kind,
        Number(status),
        mediaType,
      ]),
    ),
  );

  it.each(successes)('answers a request that is right with %i', async (status) => {
    const asked = await rightFor(id, status);
    const { response } = await ask(asked);
    expect(response.status).toBe(status);
    const types = Object.keys(responses[status]?.content ?? {});
    if (response.body === null) expect(types).toEqual([]);
    else expect(types).toContain(mediaTypeOf(response));
    expectManners(response);
    // What is said of a file is the service's to say.
    if (mediaTypeOf(response) !== 'text/csv') expectHeaders(response, responses[status]);
    if (security === undefined) {
      expect(response.headers.get('Cache-Control')).toBe('private, no-store');
    }
    if (method !== 'get' || status === 206 || status === 304) return;
    const head = await ask({ ...(await rightFor(id, status)), method: 'HEAD' });
    expect(head.response.status).toBe(status);
    expect(await head.response.text()).toBe('');
  });

  it('promises no other statuses than those of the problems that it names', () => {
    const statuses = new Set([...successes, ...refusals.map(([, status]) => status)]);
    expect(Object.keys(responses).map(Number)).toEqual([...statuses].toSorted((a, b) => a - b));
  });

  it.each(refusals)('%s is %i as %s', async (kind, status, mediaType) => {
    const right = await rightFor(id);
    const asked = await provoke(kind, id)(right);
    const subject = await ask(withHeaders(asked, { Accept: null }));
    const { response, calls } = subject;
    expect(response.status).toBe(status);
    expect(mediaTypeOf(response)).toBe(mediaType);
    expectTrace(subject);
    expectHeaders(response, responses[status]);
    if (asked.upstream !== toProvider && asked.upstream === right.upstream) {
      expect(calls).toEqual([]);
    }
    await expectShape(path, response, kind as ProblemKind);
  });

  it.each(ANYWHERE)('has nothing else to say of %s', async (kind) => {
    const asked = await provoke(kind, id)(await rightFor(id));
    const { body: __, ...withoutBody } = asked;
    const { response } = await ask(method === 'post' ? asked : withoutBody);
    expect(Object.keys(responses)).toContain(String(response.status));
  });

  it('is not done for a page of another site, but for what only reads', async () => {
    const foreign = { 'Sec-Fetch-Site': 'cross-site', Accept: null };
    const subject = await ask(withHeaders(await rightFor(id), foreign));
    const { response, calls, lines } = subject;
    if (method === 'get') return expect(response.status).not.toBe(403);
    expect(response.status).toBe(403);
    expect(calls).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/: Refused \S+ with 403 forbidden$/)]);
    return expectShape(path, response, 'forbidden');
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])('%s', async (other) => {
    const own = Object.keys(OPENAPI.paths[path] ?? {}).map((each) => each.toUpperCase());
    if (own.includes(other)) return;
    const { path: address } = await rightFor(id);
    const subject = await ask({ path: address, method: other });
    const { response, calls } = subject;
    expect(response.status).toBe(405);
    expectTrace(subject);
    const allow = own.includes('GET') ? [...own, 'HEAD', 'OPTIONS'] : [...own, 'OPTIONS'];
    expect(response.headers.get('Allow')?.split(', ').toSorted()).toEqual(allow.toSorted());
    expect(calls).toEqual([]);
    await expectShape(path, response, 'method-not-allowed');
  });
});

describe('an address that is nothing', () => {
  it.each([
    ['/nowhere', 'not-found'],
    ['//', 'not-found'],
    ['/reports', 'not-found'],
    ['/reports/', 'not-found'],
    ['/reports/ai-sessions-detail.xlsx', 'not-found'],
    ['/reports/ai-sessions-detail.csv/', 'not-found'],
    ['/reports/..%2f..%2fetc%2fpasswd', 'not-found'],
    ['/api/v1', 'not-found'],
    ['/api/v1/agents', 'not-found'],
    ['/api/v2/reports', 'not-found'],
    ['/openapi.yaml', 'not-found'],
    ['/reports/ai-sessions', 'unknown-report'],
    ['/reports/.csv', 'unknown-report'],
    ['/reports/..%2Fai-sessions-detail.csv', 'unknown-report'],
    ['/reports/..%5Cai-sessions-detail.csv', 'unknown-report'],
    ['/reports/ai-sessions-detail%00.csv', 'unknown-report'],
    ['/reports/ai-sessions-detail%0D%0AX-Evil:%201.csv', 'unknown-report'],
    ['/reports/ai-sessions-detail%2500.csv', 'unknown-report'],
    ['/reports/ai%252Dsessions-detail.csv', 'unknown-report'],
    ['/reports/%61i-sessions-detail%20.csv', 'unknown-report'],
    ['/reports/AI-Sessions-Detail.csv', 'unknown-report'],
    ['/reports/ai\u2010sessions\u2010detail.csv', 'unknown-report'],
    ['/reports/%E0%A4%A.csv', 'unknown-report'],
    ['/reports/%.csv', 'unknown-report'],
    ['/reports/%C0%AE%C0%AE%C0%AFai-sessions-detail.csv', 'unknown-report'],
    ['/reports/__proto__.csv', 'unknown-report'],
    ['/reports/constructor.csv', 'unknown-report'],
    ['/reports/ai-sessions-detail.csv.csv', 'unknown-report'],
    ['/reports/ai-sessions-detail;a=b.csv', 'unknown-report'],
  ] as const)('%s is 404', async (path, kind) => {
    const subject = await ask({ path });
    const { response, calls } = subject;
    expect(response.status).toBe(404);
    expect(calls).toEqual([]);
    expectTrace(subject);
    await expectShape(path, response, kind);
  });

  it('but what only is written in another way is the report', async () => {
    const { response } = await ask({ path: '/reports/%61i%2Dsessions-detail.csv' });
    expect(response.status).toBe(200);
  });
});

const REPORT = '/reports/ai-sessions-detail.csv';

describe('a query that plays tricks', () => {
  it.each([
    'from=2026-07-01&from=2026-07-01',
    'from=2026-07-01&%66rom=2026-07-02',
    'from=2026-07-01%0D%0ASet-Cookie:%20a=b',
    'grouping=week%0D%0AX-Evil:%201',
    'timezone=UTC%0D%0AX-Evil:%201',
    'timezone=UTC%00',
    'from[]=2026-07-01',
    'excel=1',
    'constructor=1',
    '__proto__=1',
    '%5F%5Fproto%5F%5F=1',
    'from',
    '=',
  ])('%s is 400, and no header of its making', async (query) => {
    const subject = await ask({ path: `${REPORT}?${query}` });
    const { response, calls } = subject;
    expect(response.status).toBe(400);
    expectTrace(subject);
    expect(calls).toEqual([]);
    expect(JSON.stringify([...response.headers])).not.toMatch(/evil|set-cookie/i);
    await expectShape(REPORT, response, 'invalid-run');
  });
});

const post = async (body: string, headers: Readonly<Record<string, string>> = {}) =>
  ask({
    ...(await rightFor('downloadGladlyReport')),
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });

describe('a body that plays tricks', () => {
  it.each([
    '',
    'null',
    '[]',
    '"x"',
    '7',
    '{',
    '{}{}',
    `${GLADLY_REQUEST},`,
    `\u0000${GLADLY_REQUEST}`,
    GLADLY_REQUEST.replace('2026-07-01', '2026-07-01\\r\\nX-Evil: 1'),
    GLADLY_REQUEST.replace('{', '{"format":"csv\\r\\nX-Evil: 1",'),
    '['.repeat(100_000),
  ])('is 400: %j', async (body) => {
    const subject = await post(body.slice(0, MAX_BODY_BYTES));
    const { response, calls } = subject;
    expect(response.status).toBe(400);
    expectTrace(subject);
    expect(calls).toEqual([]);
    expect(JSON.stringify([...response.headers])).not.toMatch(/evil/i);
    await expectShape('/api/v1/reports', response, 'invalid-run');
  });

  it.each([
    ['application/json; charset=utf-8', 200],
    ['Application/JSON', 200],
    ['application/x-www-form-urlencoded', 415],
    ['multipart/form-data; boundary=x', 415],
    ['text/json', 415],
    ['application/jsonp', 415],
    ['', 415],
  ])('is read as JSON or not at all: %j is %i', async (type, status) => {
    expect((await post(GLADLY_REQUEST, { 'Content-Type': type })).response.status).toBe(status);
  });

  const many = `[${'"",'.repeat(300_000)}""]`;
  const names = Array.from({ length: 60_000 }, (_, index) => `"a${index}":0`).join();
  const RUNS = '/api/runs';
  const DETAIL = '"report":"ai-sessions-detail"';
  const GLADLY = '/api/v1/reports';
  const begun = GLADLY_REQUEST.slice(1, -1);

  it.each([
    ['a list of a Run', RUNS, `{${DETAIL},"params":{"channel":${many}}}`],
    ['a list of what must be one of few', RUNS, `{${DETAIL},"params":{"outcome":${many}}}`],
    ['names of parameters', RUNS, `{${DETAIL},"params":{${names}}}`],
    ['names beside report and params', RUNS, `{${DETAIL},${names}}`],
    ['no object', RUNS, many],
    ['a list of channels', GLADLY, `{${begun},"filters":{"channel":${many}}}`],
    ['a list of agents', GLADLY, `{${begun},"filters":{"agent":${many}}}`],
    ['a list of numbers', GLADLY, `{${begun},"filters":{"agent":${many.replaceAll('""', '7')}}}`],
    ['names of attributes', GLADLY, `{${begun},${names}}`],
    ['names of filters', GLADLY, `{${begun},"filters":{${names}}}`],
    ['no object, for Gladly', GLADLY, many],
  ])(
    'is answered in short when it has hundreds of thousands of faults: %s',
    async (_, path, body) => {
      expect(body.length).toBeLessThan(MAX_BODY_BYTES);
      const json = { 'Content-Type': 'application/json' };
      const { response } = await ask({ path, method: 'POST', body, headers: json });
      expect(response.status).toBe(400);
      expect((await response.text()).length).toBeLessThan(100_000);
    },
  );

  it('is too large however it is sent', async () => {
    const chunk = new TextEncoder().encode(' '.repeat(MAX_BODY_BYTES / 4));
    let chunks = 0;
    const body = new ReadableStream({
      pull(controller) {
        chunks += 1;
        controller.enqueue(chunk);
      },
    });
    const headers = { ...(await authorized({})), 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body, duplex: 'half' } as const;
    const subject = edge();
    const response = await subject.ask('/api/v1/reports', init);
    expect(response.status).toBe(413);
    expect(chunks).toBeLessThan(10);
    expectTrace(subject);
    await expectShape('/api/v1/reports', response, 'body-too-large');
  });
});

it.each(['a b', '<script>', 'x'.repeat(256), 'ä', ''])(
  'a request id that is none is not taken over: %j',
  async (id) => {
    const { response, calls } = await ask({ path: REPORT, headers: { 'X-Request-Id': id } });
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\w-]{36}$/);
    expect(calls[0]?.headers.get('X-Request-Id')).toBe(response.headers.get('X-Request-Id'));
  },
);
