// The analytics service's HTTP side: an asserted request in, a Run's bytes or a problem out. Trusts
// the assertion and nothing else, and decides again everything that the edge decided.

import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import { timing } from 'hono/timing';
import type { Client } from '../../sql/contract/assertion.ts';
import type { OrganisationProfile } from '../../sql/contract/organisationProfile.ts';
import { type Problem, ProblemError, problemResponse } from '../../sql/contract/problem.ts';
import { type Caller, hasRole, REPORT_ROLES } from '../../sql/contract/roles.ts';
import type { Run } from '../../sql/contract/run.ts';
import type { Audit, AuditEntry } from '../audit/audit.ts';
import type { Organisation } from '../lake/organisation.ts';
import type { Readiness } from '../readiness.ts';
import type { Runs } from '../runs/runs.ts';
import type { UnderWay } from '../underWay.ts';
import type { ApiLimits } from './apiLimit.ts';
import type { assertionVerifier } from './assertion.ts';
import { type About, auditRefusals } from './auditing.ts';
import { auditReportRoutes, refusalRoutes } from './auditRoutes.ts';
import { glanceRoutes } from './glances.ts';
import { healthRoutes } from './health.ts';
import type { Log } from './logEntry.ts';
import { logRequests } from './logRequests.ts';
import { runRoutes } from './runs.ts';

/** A Run with every filter full stays far below. */
const MAX_BODY_BYTES = 1024 * 1024;

const TOO_LARGE: Problem = { kind: 'body-too-large', maxBytes: MAX_BODY_BYTES };

export interface Dependencies {
  readonly readiness: Readiness;
  /** Then nothing new is begun. */
  readonly isStopping: () => boolean;
  readonly verify: ReturnType<typeof assertionVerifier>;
  readonly organisations: { get(name: string): Promise<Organisation> };
  readonly runsOf: (organisation: Organisation) => Promise<Runs>;
  /** Is told of every request, and of every body until it is freed. */
  readonly underWay: UnderWay;
  /** Is told of every Run, download and refusal. */
  readonly audit: Audit;
  /** Of downloads through Gladly's API. */
  readonly apiLimits: ApiLimits;
  readonly now: () => Date;
  readonly log: Log;
}

export type Env = {
  Variables: RequestIdVariables & {
    /** Once the edge's assertion has been verified. */
    caller: Caller;
    client?: Client;
    /** The Run that the body asks for, where one is asked for. */
    asked: Run;
    /** What the request is about, as far as it is known and checked. */
    about?: About;
    /** The event that it has begun. */
    entry?: AuditEntry;
    /** Since the request came. */
    elapsedMs: () => number;
    /** For the log: why nobody was let in. */
    reason?: string;
  };
};

function fail(problem: Problem): never {
  throw new ProblemError(problem);
}

export function createApp(dependencies: Dependencies): Hono<Env> {
  const { readiness, verify, organisations, underWay, audit, now, log } = dependencies;
  const app = new Hono<Env>();

  app.route('/', healthRoutes(readiness));

  app.use(requestId(), timing({ totalDescription: 'analytics' }));
  app.use(async (c, next) => {
    await next();
    // requestId() itself reaches only responses that are made by Hono's context.
    c.res.headers.set('X-Request-Id', c.var.requestId);
  });

  app.use(logRequests(log));

  app.use((_, next) => {
    const answered = next();
    underWay.add(answered);
    return answered;
  });

  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => fail(TOO_LARGE),
    }),
  );

  app.use(async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    const verified = await verify(
      {
        authorization: c.req.header('Authorization'),
        method: c.req.method,
        path: pathname + search,
        body: await c.req.text(),
      },
      now(),
    );
    if (!verified.ok) {
      c.set('reason', verified.reason);
      fail({ kind: 'unauthenticated', detail: 'Cannot verify who asks: go through the edge' });
    }
    c.set('caller', verified.caller);
    if (verified.client !== undefined) c.set('client', verified.client);
    await next();
  });

  app.use(auditRefusals(audit, log));

  app.route('/', refusalRoutes(dependencies));

  app.use(async (c, next) => {
    if (!hasRole(c.var.caller, REPORT_ROLES)) {
      fail({ kind: 'forbidden', detail: `Cannot run reports: needs ${REPORT_ROLES.join(' or ')}` });
    }
    await next();
  });

  app.get('/organisation', async (c) => {
    const organisation = await organisations.get(c.var.caller.organisation);
    const { name, timezone, weekStart, messagesRoles } = await organisation.settings();
    const profile: OrganisationProfile = {
      organisation: organisation.layout.organisation,
      name,
      timezone,
      weekStart,
      messagesRoles: [...messagesRoles],
      dataThrough: await organisation.dataThrough(),
    };
    return c.json(profile);
  });

  app.route('/', runRoutes(dependencies));
  app.route('/', glanceRoutes(dependencies));
  app.route('/', auditReportRoutes(dependencies));

  app.notFound(() => problemResponse({ kind: 'not-found' }));

  app.onError((error) =>
    problemResponse(error instanceof ProblemError ? error.problem : { kind: 'run-failed' }),
  );

  return app;
}
