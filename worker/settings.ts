// Variables become settings, once per environment object: the signing key imported, the ways to sign
// in gathered. What is wrong is a value for the operator's log, not an exception.

import { type CryptoKey, importJWK } from 'jose';
import * as v from 'valibot';
import { ASSERTION_ALGORITHM } from '../sql/contract/assertion.ts';
import type { Caller } from '../sql/contract/roles.ts';
import { type Bindings, Variables } from './env.ts';

/** Signs assertions; the analytics service finds the public half by `kid`. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

/** How callers' tokens are verified: the one kind of key, and what they must say. */
export interface BearerSettings {
  readonly keys: { readonly secret: Uint8Array } | { readonly jwksUrl: URL };
  readonly issuer: string;
  readonly audience: string;
  readonly organisationClaim: string;
  readonly rolesClaim: string;
}

export interface Settings {
  /** Without a slash at its end. */
  readonly analyticsUrl: string;
  readonly signingKey: SigningKey;
  readonly bearer: BearerSettings | undefined;
  readonly developmentIdentity: Caller | undefined;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly reason: string };

const known = new WeakMap<Bindings, SettingsResult>();

/** Keeps results, not promises: workerd ties a pending promise to the request that made it. */
export async function readSettings(bindings: Bindings): Promise<SettingsResult> {
  const earlier = known.get(bindings);
  if (earlier !== undefined) return earlier;
  const result = await parseSettings(bindings);
  known.set(bindings, result);
  return result;
}

async function parseSettings(bindings: Bindings): Promise<SettingsResult> {
  const parsed = v.safeParse(Variables, bindings, { abortPipeEarly: true });
  if (!parsed.success) return { ok: false, reason: parsed.issues.map(reasonOf).join('; ') };
  const { ANALYTICS_URL, ASSERTION_PRIVATE_KEY, DEVELOPMENT_IDENTITY } = parsed.output;
  const privateKey = await importJWK(ASSERTION_PRIVATE_KEY, ASSERTION_ALGORITHM).catch(() => null);
  if (privateKey === null) {
    return { ok: false, reason: 'ASSERTION_PRIVATE_KEY: must be a key that can be imported' };
  }
  const settings: Settings = {
    analyticsUrl: ANALYTICS_URL.replace(/\/+$/, ''),
    signingKey: { kid: ASSERTION_PRIVATE_KEY.kid, privateKey },
    bearer: bearerSettings(parsed.output),
    developmentIdentity: DEVELOPMENT_IDENTITY,
  };
  return { ok: true, settings };
}

function reasonOf(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue);
  return variable === null ? issue.message : `${variable}: ${issue.message}`;
}

function bearerSettings(set: v.InferOutput<typeof Variables>): BearerSettings | undefined {
  const { JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = set;
  if (JWT_ISSUER === undefined || JWT_AUDIENCE === undefined) return undefined;
  const said = {
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    organisationClaim: set.JWT_ORGANISATION_CLAIM,
    rolesClaim: set.JWT_ROLES_CLAIM,
  };
  if (JWT_SECRET !== undefined) {
    return { ...said, keys: { secret: new TextEncoder().encode(JWT_SECRET) } };
  }
  return JWT_JWKS_URL === undefined
    ? undefined
    : { ...said, keys: { jwksUrl: new URL(JWT_JWKS_URL) } };
}
