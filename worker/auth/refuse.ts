// The answer to a request whose caller is not known: browsers that ask for a page are sent to sign in,
// everyone else gets the problem, and is told which credentials are taken here.

import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { problemResponse } from '../../sql/contract/problem.ts';
import type { WorkerEnv } from '../app.ts';
import { NOT_STORED } from '../passThrough.ts';
import type { Settings } from '../settings.ts';
import { type AuthenticationFailure, problemOf } from './authentication.ts';
import { signInPath } from './signInPath.ts';

export function refuse(
  c: Context<WorkerEnv>,
  failure: AuthenticationFailure,
  settings: Settings,
): Response {
  if (failure.kind === 'missing' && settings.oidc !== undefined && asksForPage(c)) {
    c.header('Cache-Control', NOT_STORED);
    return c.redirect(signInPath(new URL(c.req.url)), 302);
  }
  const problem = problemOf(failure);
  return problem.kind === 'unauthenticated'
    ? problemResponse(problem, { 'WWW-Authenticate': challenges(c, settings) })
    : problemResponse(problem);
}

/** True for a program too, which does not say. */
export function navigates(c: Context): boolean {
  return (c.req.header('Sec-Fetch-Mode') ?? 'navigate') === 'navigate';
}

/** Someone in front of a browser has followed a link, clicked a button or typed the address. */
function asksForPage(c: Context): boolean {
  const supports = ['text/html', 'application/json'];
  const wanted = accepts(c, { header: 'Accept', supports, default: 'application/json' });
  return ['GET', 'HEAD'].includes(c.req.method) && wanted === 'text/html' && navigates(c);
}

/** Browsers ask for a password when they read "Basic": right for a person, not for a page's script. */
function challenges(c: Context, { apiTokens }: Settings): string {
  return apiTokens !== undefined && navigates(c)
    ? 'Bearer, Basic realm="AI Sessions", charset="UTF-8"'
    : 'Bearer';
}
