// Basic authentication as Gladly's clients do it: the e-mail address, and an API token for a password
// (RFC 7617). The token is signed, so no database is asked; a list names those that are revoked.

import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as v from 'valibot';
import {
  API_TOKEN_ALGORITHM,
  API_TOKEN_AUDIENCE,
  API_TOKEN_ISSUER,
  API_TOKEN_TYPE,
  ApiTokenClaims,
  Email,
} from '../../sql/contract/apiToken.ts';
import type { Authentication } from './authentication.ts';
import { CLOCK_TOLERANCE_SECONDS } from './issuedToken.ts';

export interface ApiTokenSettings {
  readonly keys: JWTVerifyGetKey;
  readonly revokedIds: ReadonlySet<string>;
}

export async function verifyApiToken(
  { username, password }: { readonly username: string; readonly password: string },
  { keys, revokedIds }: ApiTokenSettings,
  now: Date,
): Promise<Authentication> {
  let payload: unknown;
  try {
    const verified = await jwtVerify(password, keys, {
      algorithms: [API_TOKEN_ALGORITHM],
      typ: API_TOKEN_TYPE,
      issuer: API_TOKEN_ISSUER,
      audience: API_TOKEN_AUDIENCE,
      requiredClaims: ['exp'],
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    payload = verified.payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { kind: 'invalid', reason: `the API token: ${error.code}` };
  }
  const claims = v.safeParse(ApiTokenClaims, payload);
  if (!claims.success) return { kind: 'invalid', reason: 'the API token: claims of another shape' };
  const { sub, org, roles, jti } = claims.output;
  if (revokedIds.has(jti)) return { kind: 'invalid', reason: `the API token ${jti} is revoked` };
  const email = v.safeParse(Email, username);
  if (!email.success || email.output !== sub) {
    return { kind: 'invalid', reason: `the API token ${jti} belongs to another e-mail address` };
  }
  return { kind: 'caller', caller: { subject: sub, organisation: org, roles } };
}
