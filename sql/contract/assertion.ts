// What the edge tells the analytics service about a request, signed (DESIGN 5): who asks, and for
// exactly which request. Neither side trusts anything else. Holds no key and no clock.

import * as v from 'valibot';
import { Caller } from './roles.ts';

export const ASSERTION_ISSUER = 'ai-sessions-edge';
export const ASSERTION_AUDIENCE = 'ai-sessions-analytics';
export const ASSERTION_ALGORITHM = 'EdDSA';
export const ASSERTION_LIFETIME_SECONDS = 60;

/** Where a request comes from, as far as the edge knows. For the audit: decides nothing. */
export const Client = v.object({
  /** IPv4 or IPv6. */
  address: v.exactOptional(v.pipe(v.string(), v.maxLength(100))),
  userAgent: v.exactOptional(v.pipe(v.string(), v.maxLength(500))),
});

export type Client = v.InferOutput<typeof Client>;

/** The private claims; `iss`, `aud`, `iat` and `exp` stand beside them in the token. */
export const AssertionClaims = v.object({
  caller: Caller,
  client: v.exactOptional(Client),
  /** {@link requestHash} of the one request that the assertion is good for. */
  request: v.string(),
});

export type AssertionClaims = v.InferOutput<typeof AssertionClaims>;

/** SHA-256, base64url, of a request's method, path with query, and body (a Run's JSON). */
export async function requestHash(method: string, path: string, body: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${method} ${path}\n${body}`);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
