// The entry for workerd: the app with the runtime's own clock, fetch and log.

import { createApp } from './app.ts';

export default createApp({
  // Called as a function of its own: workerd refuses its fetch as a method of another object.
  fetch: (url, init) => fetch(url, init),
  now: () => new Date(),
  // Set by Cloudflare, over whatever the caller sends.
  addressOf: (request) => request.headers.get('CF-Connecting-IP') ?? undefined,
  // oxlint-disable-next-line no-console -- the console is the only log that a worker has
  log: (line) => console.error(line),
});
