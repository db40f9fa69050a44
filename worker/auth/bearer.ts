// A bearer token becomes a Caller (RFC 6750, RFC 8725). Which algorithms are accepted is fixed here,
// per kind of key; nothing that a token says about itself can widen it. Knows no HTTP.

import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type RemoteJWKSet,
} from 'jose';
import * as v from 'valibot';
import { Caller } from '../../sql/contract/roles.ts';
import type { Fetch } from '../fetch.ts';
import type { BearerSettings } from '../settings.ts';
import type { Authentication, AuthenticationFailure } from './authentication.ts';

const SECRET_ALGORITHMS = ['HS256'];
const JWKS_ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];

/** How far the issuer's clock and ours may be apart. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** What jose reports when the key set, not the token, is at fault. */
const KEY_SET_FAILURES: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSInvalid.code,
  errors.JWKSTimeout.code,
]);

export type VerifyBearer = (token: string, settings: BearerSettings) => Promise<Authentication>;

/** Key sets are fetched with `fetch` and kept as long as this verifier lives. */
export function createBearerVerifier(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
}): VerifyBearer {
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
      return callerOf(payload, settings);
    } catch (error) {
      return failureOf(error);
    }
  };
}

function callerOf(payload: JWTPayload, settings: BearerSettings): Authentication {
  const claim = (name: string) => (Object.hasOwn(payload, name) ? payload[name] : undefined);
  const roles = claim(settings.rolesClaim) ?? [];
  const parsed = v.safeParse(Caller, {
    subject: payload.sub,
    organisation: claim(settings.organisationClaim),
    roles: typeof roles === 'string' ? [roles] : roles,
  });
  if (parsed.success) return { kind: 'caller', caller: parsed.output };
  const claims = parsed.issues.map((issue) => v.getDotPath(issue)).join(', ');
  return { kind: 'invalid', reason: `the token's claims make no caller: ${claims}` };
}

/** Reasons are jose's codes and names of claims: a message could quote the token. */
function failureOf(error: unknown): AuthenticationFailure {
  if (error instanceof errors.JOSEError && !KEY_SET_FAILURES.has(error.code)) {
    const claim = error instanceof errors.JWTClaimValidationFailed ? ` ${error.claim}` : '';
    return { kind: 'invalid', reason: `${error.code}${claim}` };
  }
  const reason = error instanceof errors.JOSEError ? error.code : 'the fetch failed';
  return { kind: 'unavailable', reason: `cannot get the keys of JWT_JWKS_URL: ${reason}` };
}
