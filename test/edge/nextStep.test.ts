// What browsers are told about problems: what happened, what to do next, which number to quote.

import { describe, expect, it } from 'vitest';
import { problemResponse } from '../../sql/contract/problem.ts';
import { PROBLEM_EXAMPLES } from '../../worker/openapi/problems.ts';
import { BINDINGS, DEVELOPER, edge, token } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';
const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';

const WITH_SIGN_IN = {
  ...BINDINGS,
  OIDC_ISSUER: 'https://login.example',
  OIDC_CLIENT_ID: 'ai-sessions',
  EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
};

async function told(
  path: string,
  upstream: () => Response = () => new Response(),
  claims: Readonly<Record<string, unknown>> = {},
  bindings: object = BINDINGS,
) {
  const subject = edge(upstream, bindings);
  const headers = {
    Authorization: `Bearer ${await token(claims)}`,
    Accept: BROWSER,
    'X-Request-Id': 'quote-this',
  };
  const response = await subject.ask(path, { headers });
  return { response, text: await response.text() };
}

describe('every kind of problem', () => {
  it.each(Object.values(PROBLEM_EXAMPLES).map((problem) => [problem.kind, problem] as const))(
    'is told with a next step: %s',
    async (_, problem) => {
      const { text } = await told(REPORT, () => problemResponse(problem));
      const [, next = ''] = /<h2 id="next">What you can do<\/h2>(.*?)<\/section>/s.exec(text) ?? [];
      const words = next.replace(/<p><a href="\/">To the reports<\/a><\/p>/, '').trim();
      expect(words).toMatch(/^<p>\S/);
      expect(text).toContain('quote this number: <code>quote-this</code>');
      expect(text).not.toContain('undefined');
    },
  );

  it('is told without one when only the service knows it', async () => {
    const document = {
      type: 'urn:ai-sessions:problem:new',
      title: 'New',
      status: 418,
      detail: 'X',
    };
    const { text } = await told(
      REPORT,
      () =>
        new Response(JSON.stringify(document), {
          status: 418,
          headers: { 'Content-Type': 'application/problem+json' },
        }),
    );
    expect(text).toContain('<p>X.</p>');
  });
});

const busy = () => problemResponse({ kind: 'busy', retryAfterSeconds: 12 });

describe('a problem that passes', () => {
  it('can be tried again by a link to the same address, and says when', async () => {
    const { response, text } = await told(`${REPORT}?channel=%22%3E%3Cb%3E`, busy);
    expect(response.headers.get('Retry-After')).toBe('12');
    expect(text).toContain('<a href="">Try again</a> in 12 seconds.');
    expect(text).not.toContain('channel');
  });

  it('is not tried again by a link where something was sent', async () => {
    const headers = {
      Authorization: `Bearer ${await token()}`,
      Accept: BROWSER,
      'Content-Type': 'application/json',
    };
    const body = JSON.stringify({ report: 'ai-sessions-detail' });
    const response = await edge(busy).ask('/api/runs', { method: 'POST', headers, body });
    const text = await response.text();
    expect(text).not.toContain('href=""');
    expect(text).toContain('Then try again in 12 seconds.');
  });
});

describe('who may not', () => {
  const EVE = { sub: 'eve<b>@acme.example', roles: ['agent', '<i>'] };

  it('learns who they are, what they lack and whom to ask', async () => {
    const { response, text } = await told('/', undefined, EVE);
    expect(response.status).toBe(403);
    expect(text).toContain('one of the roles administrator, team_manager, analyst');
    expect(text).toContain('<bdi>eve&lt;b&gt;@acme.example</bdi> of <bdi>acme</bdi>');
    expect(text).toContain('with the roles <bdi>agent</bdi>, <bdi>&lt;i&gt;</bdi>.');
    expect(text).toContain('whoever manages your organisation’s accounts');
    expect(text).not.toContain('To the reports');
  });

  it('learns that they have no role', async () => {
    expect((await told('/', undefined, { roles: [] })).text).toContain('without a role.');
  });

  it('is not offered to sign out where there is no session to end', async () => {
    const { text } = await told('/', undefined, EVE, WITH_SIGN_IN);
    expect(text).not.toContain('action="/sign-out"');
  });

  it('can still go to the reports when it is messages that they may not read', async () => {
    const refusal = { kind: 'forbidden', detail: 'Cannot run reports with messages' } as const;
    const { text } = await told('/reports/ai-sessions-detail-with-messages.csv', () =>
      problemResponse(refusal),
    );
    expect(text).toContain('<bdi>ana@acme.example</bdi>');
    expect(text).toContain('To the reports');
  });

  it('is told how to bring data in where their organisation has none', async () => {
    const { text } = await told('/', () => problemResponse({ kind: 'unknown-organisation' }));
    expect(text).toContain('npx ai-sessions sample --org acme');
    expect(text).toContain('<bdi>ana@acme.example</bdi>');
  });
});

describe('who has not signed in', () => {
  it('is led to the sign-in page, which says what there is', async () => {
    const headers = { Accept: BROWSER };
    const response = await edge().ask('/', { headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('<a href="/sign-in">Sign in</a>');
  });

  it('need not, on a developer’s machine', async () => {
    const bindings = { ...BINDINGS, DEVELOPMENT_IDENTITY: JSON.stringify(DEVELOPER) };
    const page = async (url: string) =>
      (await edge(undefined, bindings).ask(url, { headers: { Accept: BROWSER } })).text();
    const here = await page('http://localhost/sign-in?return=/docs');
    expect(here).toContain('this is a development server');
    expect(here).toContain('href="/docs">Go on as <bdi>dev@acme.example</bdi>');
    const elsewhere = await page('https://reports.example/sign-in');
    expect(elsewhere).not.toContain('dev@acme.example');
    expect(elsewhere).toContain('Nobody can sign in here yet');
  });
});
