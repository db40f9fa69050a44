// Puts Gladly's limits before a download, and tells how they stand in Gladly's headers. A download
// counts as running until its body has ended, whoever ended it.

import { createMiddleware } from 'hono/factory';
import { problemResponse } from '../../sql/contract/problem.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import { type ApiLimits, limitApi } from './apiLimit.ts';

/** The same bytes; `onEnd` is called when they are all gone, have failed or are not wanted. */
function untilEnd(body: ReadableStream<Uint8Array>, onEnd: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          onEnd();
          controller.close();
        } catch (error) {
          onEnd();
          controller.error(error);
        }
      },
      async cancel(reason) {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Goes after whatever finds out who calls. */
export function limitedDownload(limits: ApiLimits, now: () => Date) {
  const admit = limitApi(limits, now);

  return createMiddleware<{ Variables: { caller: Caller } }>(async (c, next) => {
    const admission = admit(c.var.caller.organisation);
    const headers = {
      'Ratelimit-Limit-Second': String(limits.perMinute),
      'Ratelimit-Remaining-Second': String(admission.ok ? admission.remaining : 0),
    };
    if (!admission.ok) {
      const { detail, retryAfterSeconds } = admission;
      return problemResponse({ kind: 'rate-limited', detail, retryAfterSeconds }, headers);
    }
    await next();
    const { res } = c;
    if (res.body === null) return admission.end();
    c.res = new Response(untilEnd(res.body, admission.end), res);
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  });
}
