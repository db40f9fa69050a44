// Bodies written to their sockets chunk by chunk, past the web stream, which would need memory of its
// own for each chunk. Decides nothing: what is sent is the response as the app has made it.

import { ServerResponse } from 'node:http';
import type { Http2Bindings, HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type BodySource, sourceOf } from './body.ts';

/** Resolves when the system has taken the chunk, with false when the client has gone instead. */
async function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const gone = () => resolve(false);
  outgoing.once('close', gone);
  outgoing.write(chunk, (error) => resolve(!error));
  const isTaken = await promise;
  outgoing.off('close', gone);
  return isTaken;
}

async function send(source: BodySource, outgoing: ServerResponse): Promise<void> {
  outgoing.once('close', () => void source.cancel());
  if (outgoing.destroyed) return source.cancel();
  try {
    for (;;) {
      const chunk = await source.next();
      if (chunk === undefined) break;
      if (!(await write(outgoing, chunk))) return await source.cancel();
    }
    outgoing.end();
  } catch {
    outgoing.destroy(); // the source has told why, and nobody else may know
  }
}

type Fetch = (request: Request, env: HttpBindings | Http2Bindings) => Promise<Response>;

/** The same app for `serve`, whose bodies of chunks go to the socket directly. */
export function sendDirectly(fetch: Fetch): Fetch {
  return async (request, env) => {
    const response = await fetch(request, env);
    const source = sourceOf(response.body);
    const { outgoing } = env;
    if (source === undefined || !(outgoing instanceof ServerResponse)) return response;
    outgoing.setHeaders(response.headers);
    outgoing.writeHead(response.status);
    outgoing.flushHeaders();
    await send(source, outgoing);
    return RESPONSE_ALREADY_SENT;
  };
}
