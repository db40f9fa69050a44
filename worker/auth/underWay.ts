// A sign-in under way, kept by the browser that has begun it: what the provider's answer must fit to, and
// where to go on. Sealed in a cookie that is named by its state, so that several tabs can sign in at once.

import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as v from 'valibot';
import { HOST_COOKIE } from './hostCookie.ts';
import { open, type Seals, seal } from './sealed.ts';

/** Time to type a password and find the telephone with the second factor. */
const LIFETIME_SECONDS = 10 * 60;

/** `state` is random base64url, so that it can be part of a cookie's name. */
const STATE = /^[\w-]{43}$/;

const nameOf = (state: string) => `sign-in-${state}`;

/** All cookies go along with each request, and servers take only so many bytes of headers. */
const MAX_AT_ONCE = 5;

const UnderWay = v.object({
  state: v.string(),
  nonce: v.string(),
  verifier: v.string(),
  returnTo: v.string(),
});

export type UnderWay = v.InferOutput<typeof UnderWay>;

type Taken =
  | { readonly ok: true; readonly underWay: UnderWay }
  | { readonly ok: false; readonly reason: string };

/** Cookies of the sign-ins that this browser has begun; browsers send the oldest first (RFC 6265, section 5.4). */
function begunIn(c: Context): string[] {
  const full = `__Host-${nameOf('')}`;
  return Object.keys(getCookie(c))
    .filter((name) => name.startsWith(full) && STATE.test(name.slice(full.length)))
    .map((name) => nameOf(name.slice(full.length)));
}

export async function keepUnderWay(
  c: Context,
  underWay: UnderWay,
  seals: Seals,
  now: Date,
): Promise<void> {
  for (const name of begunIn(c).slice(0, 1 - MAX_AT_ONCE)) deleteCookie(c, name, HOST_COOKIE);
  const sealed = await seal(seals['sign-in'], underWay, now, LIFETIME_SECONDS);
  setCookie(c, nameOf(underWay.state), sealed, { ...HOST_COOKIE, maxAge: LIFETIME_SECONDS });
}

/** Once: whatever comes of it, the browser keeps it no longer. */
export async function takeUnderWay(
  c: Context,
  state: string,
  seals: Seals,
  now: Date,
): Promise<Taken> {
  const cookie = STATE.test(state) ? getCookie(c, nameOf(state), 'host') : undefined;
  if (cookie === undefined) return { ok: false, reason: 'this browser has not begun the sign-in' };
  deleteCookie(c, nameOf(state), HOST_COOKIE);
  const opened = await open(seals['sign-in'], cookie, UnderWay, now);
  return opened.ok
    ? { ok: true, underWay: opened.content }
    : { ok: false, reason: `the sign-in cookie: ${opened.reason}` };
}
