// A browser's session: who has signed in, sealed in a cookie. There is nothing to look up, so a session
// ends when it is over, or when its cookie goes.

import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import * as v from 'valibot';
import { Caller } from '../../sql/contract/roles.ts';
import type { Authentication } from './authentication.ts';
import { HOST_COOKIE } from './hostCookie.ts';
import { open, type Seals, seal } from './sealed.ts';

/** After this the provider is asked again who someone is; it remembers people for longer. */
const LIFETIME_SECONDS = 60 * 60;

/** Browsers drop cookies of more than 4,096 bytes, name and attributes included. */
const MAX_COOKIE_CHARACTERS = 3_900;

const NAME = 'session';
const FULL_NAME = `__Host-${NAME}`;

const Session = v.object({ caller: Caller });

/** A session that is over is none: browsers send their cookies without being asked to. */
export async function sessionIdentity(
  request: Request,
  seals: Seals,
  now: Date,
): Promise<Authentication> {
  const cookie = parse(request.headers.get('Cookie') ?? '', FULL_NAME)[FULL_NAME];
  if (cookie === undefined) return { kind: 'missing', reason: 'no credentials' };
  const opened = await open(seals.session, cookie, Session, now);
  return opened.ok
    ? { kind: 'caller', caller: opened.content.caller }
    : { kind: 'missing', reason: `the session cookie: ${opened.reason}` };
}

/** False when the caller does not fit into a cookie. */
export async function startSession(
  c: Context,
  caller: Caller,
  seals: Seals,
  now: Date,
): Promise<boolean> {
  const cookie = await seal(seals.session, { caller }, now, LIFETIME_SECONDS);
  if (cookie.length > MAX_COOKIE_CHARACTERS) return false;
  setCookie(c, NAME, cookie, { ...HOST_COOKIE, maxAge: LIFETIME_SECONDS });
  return true;
}

export function endSession(c: Context): void {
  deleteCookie(c, NAME, HOST_COOKIE);
}
