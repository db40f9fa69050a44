// Refuses what a page of another site makes a browser send with the person's own credentials (CSRF):
// cookies, remembered Basic credentials and Cloudflare Access alike. Programs send neither header.

import { createMiddleware } from 'hono/factory';
import { problemResponse } from '../sql/contract/problem.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Browsers tell with Sec-Fetch-Site; those of before 2023 at least with Origin. */
function isForeign(request: Request): boolean {
  const site = request.headers.get('Sec-Fetch-Site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = request.headers.get('Origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== new URL(request.url).host;
}

export const refuseOtherSites = createMiddleware(async (c, next) => {
  if (SAFE_METHODS.has(c.req.method) || !isForeign(c.req.raw)) return next();
  const detail = 'Cannot accept a request that another site has made in your name';
  return problemResponse({ kind: 'forbidden', detail });
});
