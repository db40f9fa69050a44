// A browser's session: who has signed in, sealed in a cookie that only this host gets and no script
// reads. There is nothing to look up, so a session ends when it is over, or when its cookie goes.

import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { parse } from 'hono/utils/cookie';
import * as v from 'valibot';
import { Caller } from '../../sql/contract/roles.ts';
import type { Authentication } from './authentication.ts';
import { open, type Seals, seal } from './sealed.ts';

/** Who may do what is asked of the provider again after this; it remembers people for longer. */
const LIFETIME_SECONDS = 60 * 60;

/** Browsers drop cookies of more than 4,096 bytes, name and attributes included. */
const MAX_COOKIE_CHARACTERS = 3_900;

const NAME = 'session';
const FULL_NAME = `__Host-${NAME}`;
const COOKIE = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
  prefix: 'host',
} as const;

const Session = v.object({
  caller: Caller,
  /** Spares people the provider's question whether they mean it when they sign out. */
  idToken: v.optional(v.string()),
});

export type Session = v.InferOutput<typeof Session>;

type Found =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly reason: string };

async function find(request: Request, seals: Seals, now: Date): Promise<Found> {
  const cookie = parse(request.headers.get('Cookie') ?? '', FULL_NAME)[FULL_NAME];
  if (cookie === undefined) return { ok: false, reason: 'no credentials' };
  const opened = await open(seals.session, cookie, now);
  if (!opened.ok) return { ok: false, reason: `the session cookie: ${opened.reason}` };
  const session = v.safeParse(Session, opened.content);
  return session.success
    ? { ok: true, session: session.output }
    : { ok: false, reason: 'the session cookie: content of another shape' };
}

/** A session that is over is none: browsers send their cookies without being asked to. */
export async function sessionIdentity(
  request: Request,
  seals: Seals,
  now: Date,
): Promise<Authentication> {
  const found = await find(request, seals, now);
  return found.ok
    ? { kind: 'caller', caller: found.session.caller }
    : { kind: 'missing', reason: found.reason };
}

/** False when the session does not fit into a cookie. */
export async function startSession(
  c: Context,
  { caller, idToken }: Session,
  seals: Seals,
  now: Date,
): Promise<boolean> {
  for (const content of [{ caller, ...(idToken === undefined ? {} : { idToken }) }, { caller }]) {
    const cookie = await seal(seals.session, content, now, LIFETIME_SECONDS);
    if (cookie.length <= MAX_COOKIE_CHARACTERS) {
      setCookie(c, NAME, cookie, { ...COOKIE, maxAge: LIFETIME_SECONDS });
      return true;
    }
  }
  return false;
}

/** Takes the cookie away, and tells whose session that was. */
export async function endSession(
  c: Context,
  seals: Seals,
  now: Date,
): Promise<Session | undefined> {
  deleteCookie(c, NAME, COOKIE);
  const found = await find(c.req.raw, seals, now);
  return found.ok ? found.session : undefined;
}
