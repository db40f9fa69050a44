// The audit over HTTP: the edge tells of what it has refused; administrators read the report, which
// leaves an event too. The chain in app.ts has said who calls.

import { Hono } from 'hono';
import * as v from 'valibot';
import {
  AUDIT_PATH,
  AUDIT_ROLES,
  parseAuditQuery,
  REFUSALS_PATH,
  Refusal,
} from '../../sql/contract/audit.ts';
import { type Problem, ProblemError } from '../../sql/contract/problem.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import { hasRole } from '../../sql/contract/roles.ts';
import { auditCsv } from '../audit/csv.ts';
import { auditRows } from '../audit/rows.ts';
import type { Dependencies, Env } from './app.ts';
import { auditEvent, beginEvent } from './auditing.ts';
import { responseBody } from './body.ts';

const HEADERS = {
  'Content-Type': 'text/csv; charset=utf-8',
  'Content-Disposition': 'attachment; filename="audit.csv"',
  'Cache-Control': 'private, no-store',
};

const NOT_A_REFUSAL: Problem = {
  kind: 'invalid-run',
  faults: [{ parameter: 'body', detail: 'must be a refusal with its status' }],
};

const RefusalText = v.pipe(v.string(), v.parseJson(), Refusal);

/** For any caller: those who may not run reports are those who are refused. */
export function refusalRoutes({ audit }: Dependencies): Hono<Env> {
  const app = new Hono<Env>();
  app.post(REFUSALS_PATH, async (c) => {
    const parsed = v.safeParse(RefusalText, await c.req.text());
    if (!parsed.success) throw new ProblemError(NOT_A_REFUSAL);
    const { report } = parsed.output;
    const messages = report === undefined ? {} : { withMessages: REPORTS[report].withMessages };
    await audit.record({
      ...auditEvent(c, 'refusal'),
      ...messages,
      ...parsed.output,
      end: 'refused',
    });
    return c.body(null, 204);
  });
  return app;
}

export function auditReportRoutes({ audit, underWay, log }: Dependencies): Hono<Env> {
  const app = new Hono<Env>();
  app.get(AUDIT_PATH, async (c) => {
    const { caller, requestId } = c.var;
    if (!hasRole(caller, AUDIT_ROLES)) {
      const detail = `Cannot read the audit: needs ${AUDIT_ROLES.join(' or ')}`;
      throw new ProblemError({ kind: 'forbidden', detail });
    }
    const parsed = parseAuditQuery(new URL(c.req.url).searchParams);
    if (!parsed.ok) throw new ProblemError({ kind: 'invalid-run', faults: parsed.faults });
    const query = parsed.value;
    if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);

    c.set('about', { parameters: query });
    const entry = beginEvent(c, audit, 'audit');
    await entry.begun;

    let bytes = 0;
    async function* counted() {
      for await (const chunk of auditCsv(auditRows(audit, caller.organisation, query))) {
        bytes += chunk.byteLength;
        yield chunk;
      }
    }
    const freed = Promise.withResolvers<void>();
    underWay.add(freed.promise);
    const about = { request: requestId, organisation: caller.organisation };
    const body = responseBody(
      counted(),
      () => {},
      (end, error) => {
        log({ event: 'audit', ...about, end, bytes, error });
        entry
          .end({ end, status: 200, bytes })
          .catch((failure) => log({ event: 'error', during: 'audit', ...about, error: failure }))
          .finally(freed.resolve);
      },
    );
    return c.body(body, 200, HEADERS);
  });
  return app;
}
