// For browsers, a problem is a page that a person can read; for everyone else it stays the JSON that
// it is. Covers the worker's own problems and those of the analytics service alike.

import { accepts } from 'hono/accepts';
import { createMiddleware } from 'hono/factory';
import { html } from 'hono/html';
import type { SecureHeadersVariables } from 'hono/secure-headers';
import * as v from 'valibot';
import { ProblemDocument } from '../../sql/contract/problem.ts';
import { mediaTypeOf } from '../mediaType.ts';
import { document } from './document.ts';

const PROBLEM = 'application/problem+json';

function problemPage(problem: ProblemDocument, nonce: string | undefined) {
  const faults = (problem.errors ?? []).map(
    ({ parameter, detail }) => html`<li><strong>${parameter}</strong>: ${detail}</li>`,
  );
  return document(
    problem.title,
    nonce,
    html`<h1>${problem.title}</h1>
${faults.length > 0 ? html`<ul>${faults}</ul>` : html`<p>${problem.detail}.</p>`}
<p><a href="/">To the reports</a></p>`,
  );
}

/** Browsers ask for HTML first; what asks for nothing in particular gets JSON. */
export const readableProblems = createMiddleware<{ Variables: SecureHeadersVariables }>(
  async (c, next) => {
    await next();
    const wanted = accepts(c, {
      header: 'Accept',
      supports: ['text/html', PROBLEM, 'application/json'],
      default: PROBLEM,
    });
    if (wanted !== 'text/html' || mediaTypeOf(c.res) !== PROBLEM) return;
    const { status } = c.res;
    const headers = new Headers(c.res.headers);
    headers.set('Content-Type', 'text/html; charset=utf-8');
    headers.delete('Content-Length');
    const problem = v.parse(ProblemDocument, await c.res.json());
    const page = await problemPage(problem, c.get('secureHeadersNonce'));
    c.res = undefined; // or Hono would copy the old headers onto the new response
    c.res = new Response(page, { status, headers });
  },
);
