// The entry for Deno: the app with Deno's clock, fetch and log, and the variables of its environment.
//
//   deno serve --no-remote --cached-only --allow-net --allow-env worker/deno.ts

import { createApp } from './app.ts';
import { type Bindings, VARIABLE_DEFAULTS } from './env.ts';

/** As much of Deno as this needs. */
declare const Deno: { readonly env: { get(name: string): string | undefined } };

/** Where each request comes from, which only its connection knows. */
const addresses = new WeakMap<Request, string>();

const app = createApp({
  fetch: (url, init) => fetch(url, init),
  now: () => new Date(),
  addressOf: (request) => addresses.get(request),
  // oxlint-disable-next-line no-console -- standard error is the log
  log: (line) => console.error(line),
});

const bindings: Bindings = Object.fromEntries(
  Object.keys(VARIABLE_DEFAULTS).flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }),
);

interface ConnectionInfo {
  readonly remoteAddr: { readonly hostname: string };
}

export default {
  fetch: (request: Request, { remoteAddr }: ConnectionInfo) => {
    addresses.set(request, remoteAddr.hostname);
    return app.fetch(request, bindings);
  },
};
