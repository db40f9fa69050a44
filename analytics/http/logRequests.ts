// A line for each request that has its answer: what it was about, and why it was refused, if it was.
// Refusals of callers are in the audit besides; whoever is no caller is here alone.

import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { ProblemError, problemKind } from '../../sql/contract/problem.ts';
import { stopwatchMs } from '../stopwatch.ts';
import type { Env } from './app.ts';
import type { Log } from './logEntry.ts';

export function logRequests(log: Log) {
  return createMiddleware<Env>(async (c, next) => {
    const elapsedMs = stopwatchMs();
    c.set('elapsedMs', elapsedMs);
    await next();
    const { caller, requestId: request, reason } = c.var;
    const { status } = c.res;
    const problem = status < 400 ? undefined : await problemKind(c.res);
    const isBug = c.error !== undefined && !(c.error instanceof ProblemError);
    log({
      event: 'request',
      request,
      ...(caller === undefined ? {} : { organisation: caller.organisation }),
      method: c.req.method,
      route: routePath(c, -1),
      status,
      ...(problem === undefined ? {} : { problem }),
      ...(reason === undefined ? {} : { reason }),
      totalMs: elapsedMs(),
      ...(isBug ? { error: c.error } : {}),
    });
  });
}
