// Signs what the edge has found out about one request, for the analytics service (DESIGN 5).

import { SignJWT } from 'jose';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  ASSERTION_LIFETIME_SECONDS,
  type AssertionClaims,
} from '../sql/contract/assertion.ts';
import type { SigningKey } from './settings.ts';

/** A compact JWT, good for {@link ASSERTION_LIFETIME_SECONDS} from `now`. */
export function signAssertion(
  claims: AssertionClaims,
  { kid, privateKey }: SigningKey,
  now: Date,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: ASSERTION_ALGORITHM, kid })
    .setIssuer(ASSERTION_ISSUER)
    .setAudience(ASSERTION_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_LIFETIME_SECONDS)
    .sign(privateKey);
}
