// A line in the operator's log for each request that is refused before anybody knows whose it is, and so
// is in no organisation's audit. Repeats nothing that the caller has sent.

import { createMiddleware } from 'hono/factory';
import { problemKind } from '../sql/contract/problem.ts';
import type { WorkerEnv } from './app.ts';

/** Who is sent to sign in is not refused, yet was not let in: then there is a reason. */
export function logRefusals(log: (line: string) => void) {
  return createMiddleware<WorkerEnv>(async (c, next) => {
    await next();
    const { asking, client, reason, requestId } = c.var;
    const isRefused = c.res.status >= 400 || reason !== undefined;
    const isToldElsewhere = asking !== undefined || c.error !== undefined;
    if (!isRefused || isToldElsewhere) return;
    const parts = [client.address, 'with', c.res.status, await problemKind(c.res)];
    const what = parts.filter((part) => part !== undefined).join(' ');
    log(`${requestId}: Refused ${what}${reason === undefined ? '' : `: ${reason}`}`);
  });
}
