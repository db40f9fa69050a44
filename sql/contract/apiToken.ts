// API tokens: `ai-sessions token` signs them, the edge accepts them as the password of Basic
// authentication, and no database stands between the two. Holds no key and no clock.

import * as v from 'valibot';
import { Caller } from './roles.ts';

export const API_TOKEN_ISSUER = 'ai-sessions-token';
export const API_TOKEN_AUDIENCE = 'ai-sessions-edge';
export const API_TOKEN_ALGORITHM = 'EdDSA';
/** The token's `typ`: no other JWT passes for one (RFC 8725, section 3.11). */
export const API_TOKEN_TYPE = 'ai-sessions-token+jwt';

/** In lower case: people write their own address in many ways. */
export const Email = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.email(), v.maxLength(320));

/** The claims that are checked here; `iss`, `aud`, `iat` and `exp` stand beside them in the token. */
export const ApiTokenClaims = v.object({
  sub: Email,
  org: Caller.entries.organisation,
  roles: Caller.entries.roles,
  /** What an operator revokes it by. */
  jti: v.pipe(v.string(), v.minLength(1)),
});

export type ApiTokenClaims = v.InferOutput<typeof ApiTokenClaims>;
