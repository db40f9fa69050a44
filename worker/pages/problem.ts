// For browsers, a problem is a page that a person can read, with what to do next; for everyone else it stays
// the JSON that it is. Covers the worker's own problems and those of the analytics service alike.

import { accepts } from 'hono/accepts';
import { createMiddleware } from 'hono/factory';
import { html } from 'hono/html';
import * as v from 'valibot';
import { ProblemDocument, problemKind } from '../../sql/contract/problem.ts';
import { hasRole, REPORT_ROLES } from '../../sql/contract/roles.ts';
import type { WorkerEnv } from '../app.ts';
import { navigates } from '../auth/refuse.ts';
import { mediaTypeOf } from '../mediaType.ts';
import { readSettings } from '../settings.ts';
import { document } from './document.ts';
import { type Context, nextStep } from './nextStep.ts';

const PROBLEM = 'application/problem+json';

interface Told {
  readonly problem: ProblemDocument;
  readonly kind: string | undefined;
  readonly context: Context;
  /** The operator finds the request by it. */
  readonly requestId: string;
  readonly nonce: string | undefined;
}

const STYLE = `
section { margin-top: 1.5rem; }
section + p { margin-top: 2rem; }
`;

/** Who may not would only be told the same again; who is there already would lose what is in the form. */
function leadsToReports({ caller, isPart }: Context): boolean {
  return !isPart && (caller === undefined || hasRole(caller, REPORT_ROLES));
}

function problemPage({ problem, kind, context, requestId, nonce }: Told) {
  const faults = (problem.errors ?? []).map(
    ({ parameter, detail }) => html`<li><strong>${parameter}</strong>: ${detail}</li>`,
  );
  return document(
    problem.title,
    nonce,
    html`<h1>${problem.title}</h1>
${faults.length > 0 ? html`<ul>${faults}</ul>` : html`<p>${problem.detail}.</p>`}
<section aria-labelledby="next">
<h2 id="next">What you can do</h2>
${nextStep(kind, context)}
${leadsToReports(context) ? html`<p><a href="/">To the reports</a></p>` : ''}
</section>
<p class="quiet">If you ask for help, quote this number: <code>${requestId}</code></p>`,
    STYLE,
  );
}

/** Browsers ask for HTML first; what asks for nothing in particular gets JSON. */
export const readableProblems = createMiddleware<WorkerEnv>(async (c, next) => {
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
  const kind = await problemKind(c.res);
  const problem = v.parse(ProblemDocument, await c.res.json());
  const { asking, way, requestId, secureHeadersNonce: nonce } = c.var;
  const retryAfter = headers.get('Retry-After');
  const read = await readSettings(c.env);
  const context = {
    caller: asking?.caller,
    way,
    canRetry: c.req.method === 'GET',
    isPart: !navigates(c),
    retryAfterSeconds: retryAfter === null ? undefined : Number(retryAfter),
    canSignIn: read.ok && read.settings.oidc !== undefined,
  };
  const page = await problemPage({ problem, kind, context, requestId, nonce });
  c.res = undefined; // or Hono would copy the old headers onto the new response
  c.res = new Response(page, { status, headers });
});
