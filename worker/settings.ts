// Variables become settings, once per environment object: the signing key imported, the ways to sign
// in gathered. What is wrong is a value for the operator's log, not an exception.

import { type CryptoKey, createLocalJWKSet, importJWK } from 'jose';
import * as v from 'valibot';
import { ASSERTION_ALGORITHM } from '../sql/contract/assertion.ts';
import type { Caller } from '../sql/contract/roles.ts';
import type { ApiTokenSettings } from './auth/apiToken.ts';
import type { IssuerSettings } from './auth/issuedToken.ts';
import type { OidcSettings } from './auth/oidc.ts';
import { makeSeals, type Seals } from './auth/sealed.ts';
import { type Bindings, Variables } from './env.ts';

/** Signs assertions; the analytics service finds the public half by `kid`. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
}

export interface Settings {
  /** Without a slash at its end. */
  readonly analyticsUrl: string;
  readonly signingKey: SigningKey;
  readonly bearer: IssuerSettings | undefined;
  readonly apiTokens: ApiTokenSettings | undefined;
  readonly oidc: OidcSettings | undefined;
  readonly access: IssuerSettings | undefined;
  readonly seals: Seals | undefined;
  /** Where people reach the worker, if the operator says so. */
  readonly publicOrigin: string | undefined;
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
  const set = parsed.output;
  const { kid } = set.ASSERTION_PRIVATE_KEY;
  const privateKey = await imported(set.ASSERTION_PRIVATE_KEY);
  if (privateKey === null) {
    return { ok: false, reason: 'ASSERTION_PRIVATE_KEY: must be a key that can be imported' };
  }
  const settings: Settings = {
    analyticsUrl: set.ANALYTICS_URL.replace(/\/+$/, ''),
    signingKey: { kid, privateKey },
    bearer: bearerSettings(set),
    apiTokens: apiTokenSettings(set),
    oidc: oidcSettings(set),
    access: accessSettings(set),
    seals: set.EDGE_SECRET === undefined ? undefined : await makeSeals(set.EDGE_SECRET),
    publicOrigin: set.PUBLIC_URL === undefined ? undefined : new URL(set.PUBLIC_URL).origin,
    developmentIdentity: set.DEVELOPMENT_IDENTITY,
  };
  return { ok: true, settings };
}

/** Scheme, host and port at which this request's sender reaches the worker. */
export function originOf(request: Request, { publicOrigin }: Settings): string {
  return publicOrigin ?? new URL(request.url).origin;
}

function imported(key: Variables['ASSERTION_PRIVATE_KEY']): Promise<CryptoKey | null> {
  return importJWK(key, ASSERTION_ALGORITHM).catch(() => null);
}

function reasonOf(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue);
  return variable === null ? issue.message : `${variable}: ${issue.message}`;
}

function bearerSettings(set: Variables): IssuerSettings | undefined {
  const { JWT_SECRET, JWT_JWKS_URL, JWT_ISSUER, JWT_AUDIENCE } = set;
  if (JWT_ISSUER === undefined || JWT_AUDIENCE === undefined) return undefined;
  const said = { issuer: JWT_ISSUER, audience: JWT_AUDIENCE, claims: set.JWT_CLAIMS };
  if (JWT_SECRET !== undefined) {
    return { ...said, keys: { secret: new TextEncoder().encode(JWT_SECRET) } };
  }
  return JWT_JWKS_URL === undefined
    ? undefined
    : { ...said, keys: { jwksUrl: new URL(JWT_JWKS_URL) } };
}

function apiTokenSettings(set: Variables): ApiTokenSettings | undefined {
  const { API_TOKEN_PUBLIC_KEYS, REVOKED_TOKEN_IDS = '' } = set;
  return API_TOKEN_PUBLIC_KEYS === undefined
    ? undefined
    : {
        keys: createLocalJWKSet(API_TOKEN_PUBLIC_KEYS),
        revokedIds: new Set(REVOKED_TOKEN_IDS.split(/[\s,]+/)),
      };
}

function oidcSettings(set: Variables): OidcSettings | undefined {
  return set.OIDC_ISSUER === undefined || set.OIDC_CLIENT_ID === undefined
    ? undefined
    : {
        issuer: new URL(set.OIDC_ISSUER),
        name: set.OIDC_NAME ?? new URL(set.OIDC_ISSUER).host,
        clientId: set.OIDC_CLIENT_ID,
        clientSecret: set.OIDC_CLIENT_SECRET,
        scope: set.OIDC_SCOPE,
        claims: set.OIDC_CLAIMS,
      };
}

/** Cloudflare's documentation of the application token: issuer, audience and place of the keys. */
function accessSettings(set: Variables): IssuerSettings | undefined {
  const { ACCESS_TEAM_DOMAIN, ACCESS_AUDIENCE } = set;
  if (ACCESS_TEAM_DOMAIN === undefined || ACCESS_AUDIENCE === undefined) return undefined;
  return {
    keys: { jwksUrl: new URL('/cdn-cgi/access/certs', ACCESS_TEAM_DOMAIN) },
    issuer: new URL(ACCESS_TEAM_DOMAIN).origin,
    audience: ACCESS_AUDIENCE,
    claims: set.ACCESS_CLAIMS,
  };
}
