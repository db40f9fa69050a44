// The Run that a request's body asks for: read, permitted, and with nothing left open.

import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../../sql/contract/problem.ts';
import { REPORTS, type ReportName } from '../../sql/contract/report.ts';
import { type Caller, hasRole } from '../../sql/contract/roles.ts';
import { parseRun, type ResolvedRun, resolveRun } from '../../sql/contract/run.ts';
import type { OrganisationSettings } from '../lake/settings.ts';
import type { Env } from './app.ts';
import { aboutRun } from './auditing.ts';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON is no Run: parseRun says what one looks like
  }
}

/** Reads it before anything is opened, and before limits refuse it. */
export const readAsked = createMiddleware<Env>(async (c, next) => {
  const parsed = parseRun(parseJson(await c.req.text()));
  if ('problem' in parsed) throw new ProblemError(parsed.problem);
  c.set('about', aboutRun(parsed.run));
  c.set('asked', parsed.run);
  return next();
});

export function permitReport(
  report: ReportName,
  caller: Caller,
  { messagesRoles }: OrganisationSettings,
): void {
  if (!REPORTS[report].withMessages || hasRole(caller, messagesRoles)) return;
  const detail = `Cannot run reports with messages: needs ${messagesRoles.join(' or ')}`;
  throw new ProblemError({ kind: 'forbidden', detail });
}

/** Filled in from the organisation's settings and the clock. */
export function resolveAsked(
  c: Context<Env>,
  settings: OrganisationSettings,
  now: Date,
): ResolvedRun {
  const resolved = resolveRun(c.var.asked, settings, now);
  if (!resolved.ok) throw new ProblemError({ kind: 'invalid-run', faults: resolved.faults });
  c.set('about', aboutRun(resolved.value));
  return resolved.value;
}
