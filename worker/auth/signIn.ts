// How browsers sign in and out: /sign-in, the provider's way back to /sign-in/callback, /sign-out. What
// a sign-in under way must fit to is sealed in a cookie of its own, so that several tabs can sign in.

import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as v from 'valibot';
import { type Problem, problemResponse } from '../../sql/contract/problem.ts';
import type { Dependencies, WorkerEnv } from '../app.ts';
import { leaveHeader, leavePage } from '../pages/leave.ts';
import { signedOutPage } from '../pages/signedOut.ts';
import { NOT_STORED } from '../passThrough.ts';
import { originOf, readSettings, type Settings } from '../settings.ts';
import { problemOf } from './authentication.ts';
import { callerOf } from './claimRules.ts';
import { createOidc, type OidcSettings } from './oidc.ts';
import { returnPath } from './returnPath.ts';
import { open, type Seals, seal } from './sealed.ts';
import { endSession, startSession } from './session.ts';

/** Time to type a password and find the telephone with the second factor. */
const SIGN_IN_LIFETIME_SECONDS = 10 * 60;

const CALLBACK = '/sign-in/callback';
const COOKIE = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Lax',
  prefix: 'host',
} as const;

/** `state` is random base64url, so that it can be part of a cookie's name. */
const STATE = /^[\w-]{43}$/;
const cookieOf = (state: string) => `sign-in-${state}`;

const UnderWay = v.object({
  state: v.string(),
  nonce: v.string(),
  verifier: v.string(),
  returnTo: v.string(),
});

const NOT_COMPLETED: Problem = { kind: 'sign-in-failed' };
const NO_ACCOUNT: Problem = {
  kind: 'forbidden',
  detail: 'Cannot sign you in: your account is not set up for these reports',
};

interface Configured {
  readonly settings: Settings;
  readonly oidc: OidcSettings;
  readonly seals: Seals;
}

export function signInRoutes({ fetch, now, log }: Dependencies): Hono<WorkerEnv> {
  const provider = createOidc({ fetch, now });
  const app = new Hono<WorkerEnv>();

  function refused(c: Context<WorkerEnv>, reason: string, problem: Problem): Response {
    log(`${c.var.requestId}: Not signed in: ${reason}`);
    const response = problemResponse(problem);
    return c.newResponse(response.body, response); // keeps the cookies that have been set
  }

  /** The settings, or the response when nobody can sign in here. */
  async function configured(c: Context<WorkerEnv>): Promise<Configured | Response> {
    const read = await readSettings(c.env);
    if (!read.ok) return refused(c, read.reason, { kind: 'misconfigured' });
    const { settings } = read;
    const { oidc, seals } = settings;
    if (oidc === undefined || seals === undefined) return problemResponse({ kind: 'not-found' });
    return { settings, oidc, seals };
  }

  for (const path of ['/sign-in/*', '/sign-out', '/signed-out']) {
    app.use(path, async (c, next) => {
      await next();
      c.header('Cache-Control', NOT_STORED);
    });
  }

  app.get('/sign-in', async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc, seals } = found;
    const begun = await provider.begin(oidc, originOf(c.req.raw, settings) + CALLBACK);
    if (!begun.ok) return refused(c, begun.failure.reason, problemOf(begun.failure));
    const { url, signIn } = begun.value;
    const underWay = { ...signIn, returnTo: returnPath(c.req.query('return')) };
    const sealed = await seal(seals['sign-in'], underWay, now(), SIGN_IN_LIFETIME_SECONDS);
    setCookie(c, cookieOf(signIn.state), sealed, { ...COOKIE, maxAge: SIGN_IN_LIFETIME_SECONDS });
    c.header('Refresh', leaveHeader(url));
    return c.html(leavePage('Sign in', url, c.var.secureHeadersNonce));
  });

  app.get(CALLBACK, async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc, seals } = found;
    const callback = new URL(c.req.url);
    const state = callback.searchParams.get('state') ?? '';
    const cookie = STATE.test(state) ? getCookie(c, cookieOf(state), 'host') : undefined;
    if (cookie === undefined) {
      return refused(c, 'this browser has not begun the sign-in', NOT_COMPLETED);
    }
    deleteCookie(c, cookieOf(state), COOKIE);
    const opened = await open(seals['sign-in'], cookie, now());
    if (!opened.ok) return refused(c, `the sign-in cookie: ${opened.reason}`, NOT_COMPLETED);
    const { returnTo, ...signIn } = v.parse(UnderWay, opened.content);

    const finished = await provider.finish(
      oidc,
      {
        parameters: callback.searchParams,
        redirectUri: originOf(c.req.raw, settings) + CALLBACK,
      },
      signIn,
    );
    if (!finished.ok) {
      const { kind, reason } = finished.failure;
      return refused(
        c,
        reason,
        kind === 'unavailable' ? problemOf(finished.failure) : NOT_COMPLETED,
      );
    }
    const { claims, idToken } = finished.value;
    const mapped = callerOf(claims, oidc.claims);
    if (!mapped.ok) return refused(c, `the claims give no ${mapped.lacks}`, NO_ACCOUNT);
    const session = { caller: mapped.caller, idToken };
    if (!(await startSession(c, session, seals, now()))) {
      return refused(
        c,
        'too many roles for a cookie: name those that count in OIDC_CLAIMS',
        NO_ACCOUNT,
      );
    }
    return c.redirect(returnTo, 303);
  });

  app.post('/sign-out', async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc, seals } = found;
    const session = await endSession(c, seals, now());
    const returnUri = `${originOf(c.req.raw, settings)}/signed-out`;
    const url = await provider.signOutUrl(oidc, returnUri, session?.idToken);
    if (url === undefined) return c.redirect('/signed-out', 303);
    c.header('Refresh', leaveHeader(url));
    return c.html(leavePage('Sign out', url, c.var.secureHeadersNonce));
  });

  app.get('/signed-out', (c) => c.html(signedOutPage(c.var.secureHeadersNonce)));

  return app;
}
