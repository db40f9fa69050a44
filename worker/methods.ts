// What becomes of a method that a path does not have: OPTIONS is told which it has, any other is a
// problem that says so. No answer permits another site anything (CORS).

import { problemResponse } from '../sql/contract/problem.ts';

/** `found` are the methods of the path's routes. */
export function otherMethod(method: string, found: readonly string[]): Response {
  const allow = [...found, 'OPTIONS'];
  return method === 'OPTIONS'
    ? new Response(null, { status: 204, headers: { Allow: allow.join(', ') } })
    : problemResponse({ kind: 'method-not-allowed', allow });
}
