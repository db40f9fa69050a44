// Checks the edge's signed assertion against one request: the only thing that this service trusts.
// Keys and clock are arguments.

import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import * as v from 'valibot';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  ASSERTION_LIFETIME_SECONDS,
  AssertionClaims,
  type Client,
  requestHash,
} from '../../sql/contract/assertion.ts';
import type { Caller } from '../../sql/contract/roles.ts';

/** Two machines' clocks differ a little. */
const CLOCK_TOLERANCE_SECONDS = 5;

export interface AssertedRequest {
  readonly authorization: string | undefined;
  readonly method: string;
  /** Path and query, as they arrived. */
  readonly path: string;
  readonly body: string;
}

export type Verified =
  | { readonly ok: true; readonly caller: Caller; readonly client: Client | undefined }
  | { readonly ok: false; readonly reason: string };

/** Makes the check for a set of the edge's public keys, told apart by their `kid`. */
export function assertionVerifier(
  publicKeys: JSONWebKeySet,
): (request: AssertedRequest, now: Date) => Promise<Verified> {
  const keys = createLocalJWKSet(publicKeys);
  return async ({ authorization, method, path, body }, now) => {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) return { ok: false, reason: 'no assertion' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [ASSERTION_ALGORITHM],
        issuer: ASSERTION_ISSUER,
        audience: ASSERTION_AUDIENCE,
        maxTokenAge: ASSERTION_LIFETIME_SECONDS,
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: now,
      });
      const claims = v.safeParse(AssertionClaims, payload);
      if (!claims.success) return { ok: false, reason: 'claims of another shape' };
      if (claims.output.request !== (await requestHash(method, path, body))) {
        return { ok: false, reason: 'an assertion for another request' };
      }
      const { caller, client } = claims.output;
      return { ok: true, caller, client };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.name : 'unreadable' };
    }
  };
}
