// GET /reports/audit.csv: the audit of the caller's organisation, for administrators. The analytics service
// checks both again.

import type { Handler } from 'hono';
import { AUDIT_ROLES, parseAuditQuery } from '../sql/contract/audit.ts';
import { problemResponse } from '../sql/contract/problem.ts';
import { hasRole } from '../sql/contract/roles.ts';
import type { Analytics } from './analytics.ts';
import type { WorkerEnv } from './app.ts';
import { NOT_STORED } from './passThrough.ts';

export function auditReport(analytics: Analytics): Handler<WorkerEnv> {
  return (c) => {
    const { asking } = c.var;
    if (!hasRole(asking.caller, AUDIT_ROLES)) {
      const detail = `Cannot read the audit: you need the role ${AUDIT_ROLES.join(' or ')}`;
      return problemResponse({ kind: 'forbidden', detail });
    }
    const parsed = parseAuditQuery(new URL(c.req.url).searchParams);
    if (!parsed.ok) return problemResponse({ kind: 'invalid-run', faults: parsed.faults });
    // Hono sends HEAD here too, and reading the audit leaves an event.
    if (c.req.method === 'HEAD') {
      const headers = { 'Content-Type': 'text/csv; charset=utf-8', 'Cache-Control': NOT_STORED };
      return c.body(null, 200, headers);
    }
    return analytics.audit(parsed.value, asking);
  };
}
