// Requests as audit events: whose they are, what they are about, and how their answer tells of the end.

import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { problemKind } from '../../sql/contract/problem.ts';
import { REPORTS, type ReportName } from '../../sql/contract/report.ts';
import type { Audit, AuditEntry } from '../audit/audit.ts';
import type { AuditEvent, AuditOutcome } from '../audit/event.ts';
import type { Env } from './app.ts';
import type { Log } from './logEntry.ts';

export type About = Pick<AuditEvent, 'report' | 'parameters' | 'withMessages' | 'run'>;

export function aboutRun(
  { report, parameters }: { readonly report: ReportName; readonly parameters: object },
  run?: string,
): About {
  const { withMessages } = REPORTS[report];
  const about = { report, parameters: { ...parameters }, withMessages };
  return run === undefined ? about : { ...about, run };
}

export function auditEvent(c: Context<Env>, event: AuditEvent['event']): AuditEvent {
  const { caller, client, requestId, about } = c.var;
  const from = client === undefined ? {} : { client };
  return { event, ...caller, ...from, request: requestId, ...about };
}

/** The request's own event: when its answer is a problem, that is its end. */
export function beginEvent(c: Context<Env>, audit: Audit, event: AuditEvent['event']): AuditEntry {
  const entry = audit.begin(auditEvent(c, event));
  c.set('entry', entry);
  return entry;
}

async function outcomeOf(response: Response): Promise<AuditOutcome> {
  const { status } = response;
  const problem = await problemKind(response);
  const end = status < 500 ? 'refused' : 'failed';
  return { end, status, ...(problem === undefined ? {} : { problem }) };
}

/** What is refused stays refused, and is in the log, when the audit cannot be written. */
export function auditRefusals(audit: Audit, log: Log) {
  return createMiddleware<Env>(async (c, next) => {
    await next();
    if (c.res.status < 400) return;
    const { entry, requestId } = c.var;
    const outcome = await outcomeOf(c.res);
    // Nobody was refused: a caller who only looked has gone away.
    if (entry === undefined && outcome.problem === 'run-cancelled') return;
    const written =
      entry === undefined
        ? audit.record({ ...auditEvent(c, 'refusal'), ...outcome })
        : entry.end(outcome);
    await written.catch((error) => {
      log({ event: 'error', during: 'audit', request: requestId, ...outcome, error });
    });
  });
}
