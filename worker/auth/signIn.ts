// How browsers sign in and out: /sign-in with its button, /sign-in/begin that leads to the provider, its way
// back to /sign-in/callback, /sign-out. Knows no protocol (oidc.ts) and no cookie (underWay.ts, session.ts).

import { type Context, Hono } from 'hono';
import { type Problem, problemResponse } from '../../sql/contract/problem.ts';
import type { Dependencies, WorkerEnv } from '../app.ts';
import { leaveHeader, leavePage } from '../pages/leave.ts';
import { signedOutPage } from '../pages/signedOut.ts';
import { type SignInWay, signInPage } from '../pages/signIn.ts';
import { NOT_STORED } from '../passThrough.ts';
import { originOf, readSettings, type Settings } from '../settings.ts';
import { problemOf } from './authentication.ts';
import { callerOf } from './claimRules.ts';
import { developmentIdentity } from './development.ts';
import { createOidc, type OidcSettings } from './oidc.ts';
import { returnPath } from './returnPath.ts';
import type { Seals } from './sealed.ts';
import { endSession, startSession } from './session.ts';
import { BEGIN, beginPath, SIGN_IN } from './signInPath.ts';
import { keepUnderWay, takeUnderWay } from './underWay.ts';

const CALLBACK = `${SIGN_IN}/callback`;
const SIGNED_OUT = '/signed-out';

const NOT_COMPLETED: Problem = { kind: 'sign-in-failed' };
const NO_ACCOUNT: Problem = {
  kind: 'forbidden',
  detail: 'Cannot sign you in: your account is not set up for these reports',
};

const TOO_MANY_ROLES = 'too many roles for a cookie: name those that count in OIDC_CLAIMS';

interface Configured {
  readonly settings: Settings;
  readonly oidc: OidcSettings;
  readonly seals: Seals;
}

function refused(c: Context<WorkerEnv>, reason: string, problem: Problem): Response {
  c.set('reason', reason);
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

function wayIn(c: Context<WorkerEnv>, settings: Settings): SignInWay {
  const { oidc } = settings;
  const returnTo = returnPath(c.req.query('return'));
  if (oidc !== undefined) {
    return { kind: 'provider', name: oidc.name, begin: beginPath(returnTo) };
  }
  const caller = developmentIdentity(c.req.url, settings);
  return caller === undefined ? { kind: 'none' } : { kind: 'development', caller, returnTo };
}

/** Files that a download which was not finished has left on the device: what is in them may be personal data. */
const LEFT_BEHIND = '"storage"';

export function signInRoutes({ fetch, now }: Dependencies): Hono<WorkerEnv> {
  const provider = createOidc({ fetch, now });
  const app = new Hono<WorkerEnv>();

  for (const path of ['/sign-in/*', '/sign-out', SIGNED_OUT]) {
    app.use(path, async (c, next) => {
      await next();
      c.header('Cache-Control', NOT_STORED);
    });
  }

  app.get(SIGN_IN, async (c) => {
    const read = await readSettings(c.env);
    if (!read.ok) return refused(c, read.reason, { kind: 'misconfigured' });
    return c.html(signInPage(wayIn(c, read.settings), c.var.secureHeadersNonce));
  });

  app.get(BEGIN, async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc, seals } = found;
    const begun = await provider.begin(oidc, originOf(c.req.raw, settings) + CALLBACK);
    if (!begun.ok) return refused(c, begun.failure.reason, problemOf(begun.failure));
    const { url, signIn } = begun.value;
    const returnTo = returnPath(c.req.query('return'));
    await keepUnderWay(c, { ...signIn, returnTo }, seals, now());
    c.header('Refresh', leaveHeader(url));
    return c.html(leavePage('Sign in', url, c.var.secureHeadersNonce));
  });

  app.get(CALLBACK, async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc, seals } = found;
    const { searchParams: parameters } = new URL(c.req.url);
    const taken = await takeUnderWay(c, parameters.get('state') ?? '', seals, now());
    if (!taken.ok) return refused(c, taken.reason, NOT_COMPLETED);
    const { returnTo, ...signIn } = taken.underWay;
    const redirectUri = originOf(c.req.raw, settings) + CALLBACK;
    const finished = await provider.finish(oidc, { parameters, redirectUri }, signIn);
    if (!finished.ok) {
      const { failure } = finished;
      const problem = failure.kind === 'unavailable' ? problemOf(failure) : NOT_COMPLETED;
      return refused(c, failure.reason, problem);
    }
    const mapped = callerOf(finished.value, oidc.claims);
    if (!mapped.ok) return refused(c, `the claims give no ${mapped.lacks}`, NO_ACCOUNT);
    const fits = await startSession(c, mapped.caller, seals, now());
    return fits ? c.redirect(returnTo, 303) : refused(c, TOO_MANY_ROLES, NO_ACCOUNT);
  });

  app.post('/sign-out', async (c) => {
    const found = await configured(c);
    if (found instanceof Response) return found;
    const { settings, oidc } = found;
    endSession(c);
    c.header('Clear-Site-Data', LEFT_BEHIND);
    const url = await provider.signOutUrl(oidc, originOf(c.req.raw, settings) + SIGNED_OUT);
    if (url === undefined) return c.redirect(SIGNED_OUT, 303);
    c.header('Refresh', leaveHeader(url));
    return c.html(leavePage('Sign out', url, c.var.secureHeadersNonce));
  });

  app.get(SIGNED_OUT, (c) => c.html(signedOutPage(c.var.secureHeadersNonce)));

  return app;
}
