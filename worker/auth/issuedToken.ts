// A JWT that somebody else has issued becomes a Caller (RFC 7519, RFC 8725): bearer tokens, and what
// Cloudflare Access says. Which algorithms are accepted is fixed here, per kind of key; nothing that a
// token says about itself can widen it. Knows no HTTP.

import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose';
import type { Fetch } from '../fetch.ts';
import type { Authentication, AuthenticationFailure } from './authentication.ts';
import { type ClaimRules, callerOf } from './claimRules.ts';

const SECRET_ALGORITHMS = ['HS256'];
const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

/** How far the issuer's clock and ours may be apart. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** How an issuer's tokens are verified: the one kind of key, and what they must say. */
export interface IssuerSettings {
  readonly keys: { readonly secret: Uint8Array } | { readonly jwksUrl: URL };
  readonly issuer: string;
  readonly audience: string;
  readonly claims: ClaimRules;
}

export type VerifyIssuedToken = (
  token: string,
  settings: IssuerSettings,
) => Promise<Authentication>;

/** What jose reports when the key set, not the token, is at fault. */
const KEY_SET_FAILURES: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSInvalid.code,
  errors.JWKSTimeout.code,
]);

/** Key sets are fetched with `fetch` and kept as long as this verifier lives. */
export function createIssuedTokenVerifier(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
}): VerifyIssuedToken {
  const keySets = new Map<string, RemoteJWKSet>();

  function keySetAt(url: URL): RemoteJWKSet {
    const known = keySets.get(url.href);
    if (known !== undefined) return known;
    const keySet = createRemoteJWKSet(url, { [customFetch]: dependencies.fetch });
    keySets.set(url.href, keySet);
    return keySet;
  }

  return async (token, settings) => {
    const expected = {
      issuer: settings.issuer,
      audience: settings.audience,
      requiredClaims: ['exp'],
      currentDate: dependencies.now(),
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    };
    const { keys } = settings;
    try {
      const { payload } =
        'secret' in keys
          ? await jwtVerify(token, keys.secret, { ...expected, algorithms: SECRET_ALGORITHMS })
          : await jwtVerify(token, keySetAt(keys.jwksUrl), {
              ...expected,
              algorithms: JWKS_ALGORITHMS,
            });
      return authenticationOf(payload, settings.claims);
    } catch (error) {
      return failureOf(error);
    }
  };
}

function authenticationOf(payload: JWTPayload, rules: ClaimRules): Authentication {
  const mapped = callerOf(payload, rules);
  return mapped.ok
    ? { kind: 'caller', caller: mapped.caller }
    : { kind: 'invalid', reason: `the token's claims give no ${mapped.lacks}` };
}

/** Reasons are jose's codes and names of claims: a message could quote the token. */
function failureOf(error: unknown): AuthenticationFailure {
  if (error instanceof errors.JOSEError && !KEY_SET_FAILURES.has(error.code)) {
    const claim = error instanceof errors.JWTClaimValidationFailed ? ` ${error.claim}` : '';
    return { kind: 'invalid', reason: `${error.code}${claim}` };
  }
  const reason = error instanceof errors.JOSEError ? error.code : 'the fetch failed';
  return { kind: 'unavailable', reason: `cannot get the issuer's keys: ${reason}` };
}
