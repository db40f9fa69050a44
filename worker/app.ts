// The edge, in reading order: what every response carries, who calls and may they, what they ask for.
// Clock, fetch and log are arguments; no request leaves anything behind.

import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import { NONCE, type SecureHeadersVariables, secureHeaders } from 'hono/secure-headers';
import { type TimingVariables, timing } from 'hono/timing';
import type { Client } from '../sql/contract/assertion.ts';
import { FORMATS, MEDIA_TYPES } from '../sql/contract/format.ts';
import { parseQuery } from '../sql/contract/parameters.ts';
import { problemResponse } from '../sql/contract/problem.ts';
import { isReportName, REPORT_NAMES } from '../sql/contract/report.ts';
import { hasRole, REPORT_ROLES } from '../sql/contract/roles.ts';
import { type Asking, createAnalytics } from './analytics.ts';
import { auditReport } from './auditReport.ts';
import { createAuthenticate, type Way } from './auth/authenticate.ts';
import { issueLink } from './auth/issueLink.ts';
import { withoutLink } from './auth/link.ts';
import { refuse } from './auth/refuse.ts';
import { signInRoutes } from './auth/signIn.ts';
import { type AddressOf, clientOf } from './client.ts';
import { conditionsOf } from './conditions.ts';
import type { Bindings } from './env.ts';
import type { Fetch } from './fetch.ts';
import { gladlyRefusal } from './gladly/error.ts';
import { gladlyProblems } from './gladly/problems.ts';
import { parseGladlyRequest } from './gladly/request.ts';
import { readJsonBody } from './jsonBody.ts';
import { limitAddress, limitBody } from './limits.ts';
import { otherMethod } from './methods.ts';
import { OPENAPI } from './openapi/document.ts';
import { docsPage } from './pages/docs.ts';
import { readableProblems } from './pages/problem.ts';
import { reportsRoutes } from './pages/reports/routes.ts';
import { NOT_STORED } from './passThrough.ts';
import { ready } from './ready.ts';
import { refusalOf } from './refusal.ts';
import { logRefusals } from './refusalLog.ts';
import { reportView } from './reportView.ts';
import { runRoutes } from './runs.ts';
import { refuseOtherSites } from './sameSite.ts';
import { readSettings } from './settings.ts';

export interface Dependencies {
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly addressOf: AddressOf;
  /** The operator's log: a line never holds a secret, a token or message text. */
  readonly log: (line: string) => void;
}

export interface WorkerEnv {
  Bindings: Bindings;
  Variables: RequestIdVariables &
    SecureHeadersVariables &
    TimingVariables & {
      client: Client;
      /** Once somebody has been let in. */
      asking: Asking;
      way: Way;
      /** For the log: why nobody has. Holds no secret and no token. */
      reason?: string;
    };
}

export function createApp(dependencies: Dependencies): Hono<WorkerEnv> {
  const { fetch, now, addressOf, log } = dependencies;
  const authenticate = createAuthenticate({ fetch, now });
  const analytics = createAnalytics({ fetch, now, log });
  const app = new Hono<WorkerEnv>();

  app.use(requestId());
  app.use(timing({ totalDescription: 'edge' }));
  app.use(async (c, next) => {
    await next();
    // requestId() itself reaches only responses that are made by Hono's context.
    c.res.headers.set('X-Request-Id', c.var.requestId);
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: [NONCE],
        scriptSrc: [NONCE],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      xFrameOptions: 'DENY',
    }),
  );
  app.use(readableProblems);
  app.use('/api/v1/*', gladlyProblems);
  app.use((c, next) => {
    // Before anything puts another request in the place of the one that has come in.
    c.set('client', clientOf(c.req.raw, addressOf(c.req.raw)));
    return next();
  });
  app.use(logRefusals(log));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => otherMethod(c.req.method, methods),
    }),
  );
  app.use(limitAddress, limitBody);
  app.use(refuseOtherSites);
  app.notFound(() => problemResponse({ kind: 'not-found' }));
  app.onError((error, c) => {
    log(`${c.var.requestId}: Cannot complete the request: ${error.constructor.name}`);
    return problemResponse({ kind: 'internal' });
  });

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', ready(fetch));
  app.get('/openapi.json', (c) => c.json(OPENAPI));
  app.get('/docs', (c) => {
    c.header('Cache-Control', NOT_STORED);
    return c.html(docsPage(OPENAPI, c.var.secureHeadersNonce));
  });

  app.route('/', signInRoutes(dependencies));

  const mayRunReports = createMiddleware<WorkerEnv>(async (c, next) => {
    const read = await readSettings(c.env);
    if (!read.ok) {
      c.set('reason', read.reason);
      return problemResponse({ kind: 'misconfigured' });
    }
    const { settings } = read;
    const authentication = await authenticate(c.req.raw, settings);
    if (authentication.kind !== 'caller') {
      c.set('reason', authentication.reason);
      return refuse(c, authentication, settings);
    }
    const { caller, way } = authentication;
    const { client, requestId: id } = c.var;
    const { signal } = c.req.raw;
    const conditions = conditionsOf(c.req.raw);
    const asking = { settings, caller, client, requestId: id, conditions, signal };
    c.set('asking', asking);
    c.set('way', way);
    c.req.raw = withoutLink(c.req.raw);
    if (hasRole(caller, REPORT_ROLES)) {
      await next();
    } else {
      const detail = `Cannot run reports: you need one of the roles ${REPORT_ROLES.join(', ')}`;
      c.res = problemResponse({ kind: 'forbidden', detail });
    }
    if (c.res.status >= 400 && !analytics.knows(asking)) {
      await analytics.tellRefusal(await refusalOf(c.req.raw, c.res), asking);
    }
  });

  app.post('/api/links', mayRunReports, issueLink(now));

  app.route('/', reportsRoutes(analytics, mayRunReports, now));

  app.route('/', runRoutes(analytics, mayRunReports));

  app.get('/reports/audit.csv', mayRunReports, auditReport(analytics));

  app.get('/reports/:report{[^/.]+}', mayRunReports, reportView(analytics, now));

  app.get('/reports/:file{[^/]+}', mayRunReports, async (c) => {
    const file = c.req.param('file');
    const format = FORMATS.find((name) => file.endsWith(`.${name}`));
    if (format === undefined) return problemResponse({ kind: 'not-found' });
    const report = file.slice(0, -`.${format}`.length);
    if (!isReportName(report)) {
      return problemResponse({ kind: 'unknown-report', known: REPORT_NAMES });
    }
    const query = new URL(c.req.url).searchParams;
    const parsed = parseQuery(report, [['format', format], ...query]);
    if (!parsed.ok) return problemResponse({ kind: 'invalid-run', faults: parsed.faults });
    // Hono sends HEAD here too: a look at the headers must not start a Run.
    if (c.req.method === 'HEAD') {
      const headers = { 'Content-Type': MEDIA_TYPES[format], 'Cache-Control': NOT_STORED };
      return c.body(null, 200, headers);
    }
    return analytics.download({ report, parameters: parsed.value }, c.var.asking);
  });

  app.post('/api/v1/reports', mayRunReports, async (c) => {
    const body = await readJsonBody(c.req.raw);
    if (!body.ok) return problemResponse(body.problem);
    const parsed = parseGladlyRequest(body.value);
    return parsed.ok
      ? analytics.downloadThroughApi(parsed.run, c.var.asking)
      : gladlyRefusal(parsed.errors);
  });

  return app;
}
