// The entry for Deno: the app with Deno's clock, fetch and log, and the variables of its environment.
//
//   deno serve --no-remote --cached-only --allow-net --allow-env worker/deno.ts

import { createApp } from './app.ts';
import { type Bindings, VARIABLE_DEFAULTS } from './env.ts';

/** As much of Deno as this needs. */
declare const Deno: { readonly env: { get(name: string): string | undefined } };

const app = createApp({
  fetch: (url, init) => fetch(url, init),
  now: () => new Date(),
  // oxlint-disable-next-line no-console -- standard error is the log
  log: (line) => console.error(line),
});

const bindings: Bindings = Object.fromEntries(
  Object.keys(VARIABLE_DEFAULTS).flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }),
);

export default { fetch: (request: Request) => app.fetch(request, bindings) };
