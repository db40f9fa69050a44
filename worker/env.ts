// The worker's variables: what each is, where it comes from, what is right. Messages are for the
// operator and never repeat a value, because some are secrets.

import * as v from 'valibot';
import { Caller } from '../sql/contract/roles.ts';
import { PrivateSigningKey, PublicSigningKeys } from '../sql/contract/signingKeys.ts';
import { ClaimRules } from './auth/claimRules.ts';
import { isLoopback } from './loopback.ts';

/** HS256 wants a key no shorter than its hash: RFC 7518, section 3.2. */
const MIN_SECRET_BYTES = 32;

function url(message: string, permits: (url: URL) => boolean) {
  const check = (text: string) => URL.canParse(text) && permits(new URL(text));
  return v.pipe(v.string('must be set'), v.check(check, message));
}

/** Stops at the first fault: one sentence says what the whole value must be. */
function json<Output>(schema: v.GenericSchema<unknown, Output>, message: string) {
  const parsed = v.pipe(v.string(), v.parseJson(), schema);
  return v.config(v.message(parsed, message), { abortEarly: true });
}

const text = (message: string) => v.pipe(v.string(message), v.minLength(1, message));

const secret = v.pipe(
  v.string('must be text'),
  v.minBytes(MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
);

const HTTPS_URL = 'must be an https URL, or http on loopback';

const isHttps = ({ protocol, hostname }: URL) =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));

const isOrigin = ({ href, origin }: URL) => href === `${origin}/`;

const claimRules = json(
  ClaimRules,
  'must be rules as JSON: subject, organisation, roles (worker/README.md)',
);

const variables = {
  /** Where the analytics service answers. From the deployment. */
  ANALYTICS_URL: url(
    'must be an http or https URL without a query',
    ({ protocol, search, hash }) => /^https?:$/.test(protocol) && search === '' && hash === '',
  ),
  /** Signs what the worker tells the analytics service, which holds the public half. Secret. */
  ASSERTION_PRIVATE_KEY: json(
    PrivateSigningKey,
    'must be an Ed25519 private key as a JWK with a kid',
  ),
  /** The HS256 secret that callers' tokens are signed with. Secret, from the token issuer. */
  JWT_SECRET: v.optional(secret),
  /** Where the token issuer publishes its public keys. From the issuer's documentation. */
  JWT_JWKS_URL: v.optional(url(HTTPS_URL, isHttps)),
  /** The `iss` that callers' tokens must carry. From the token issuer. */
  JWT_ISSUER: v.optional(text('must not be empty')),
  /** The `aud` that callers' tokens must carry: this service, as the issuer calls it. */
  JWT_AUDIENCE: v.optional(text('must not be empty')),
  /** How callers' tokens name subject, organisation and roles. Made for the token issuer. */
  JWT_CLAIMS: v.optional(claimRules, '{"subject":"sub","organisation":"org","roles":"roles"}'),
  /** Verify API tokens, which `ai-sessions token` signs with the private half. Made by the operator. */
  API_TOKEN_PUBLIC_KEYS: v.optional(
    json(PublicSigningKeys, 'must be a JWK Set of Ed25519 public keys, each with a kid'),
  ),
  /** API tokens that are not good any more, by id. From the operator. */
  REVOKED_TOKEN_IDS: v.optional(text('must not be empty')),
  /** The identity provider that people sign in with. From the provider. */
  OIDC_ISSUER: v.optional(url(HTTPS_URL, isHttps)),
  /** What people call the provider: on the button that leads there. Without one it is the host. */
  OIDC_NAME: v.optional(text('must not be empty')),
  /** What the provider calls this worker. From the provider. */
  OIDC_CLIENT_ID: v.optional(text('must not be empty')),
  /** The worker's password there; without one it is a public client. Secret, from the provider. */
  OIDC_CLIENT_SECRET: v.optional(text('must not be empty')),
  /** What the provider is asked to tell. Without openid it would give no ID token. */
  OIDC_SCOPE: v.optional(
    v.pipe(
      v.string(),
      v.regex(/(^| )openid( |$)/, 'must be names with spaces between, openid among them'),
    ),
    'openid email profile',
  ),
  /** How ID tokens name subject, organisation and roles. Made for the provider. */
  OIDC_CLAIMS: v.optional(claimRules, '{"subject":"email","organisation":"org","roles":"roles"}'),
  /** The team domain of Cloudflare Access. From Cloudflare. */
  ACCESS_TEAM_DOMAIN: v.optional(
    url(
      'must be an https URL without a path, like https://team.cloudflareaccess.com',
      (domain) => isHttps(domain) && isOrigin(domain),
    ),
  ),
  /** The application's audience tag. From Cloudflare. */
  ACCESS_AUDIENCE: v.optional(text('must not be empty')),
  /** How Access names subject, organisation and roles. Made for the application. */
  ACCESS_CLAIMS: v.optional(
    claimRules,
    '{"subject":["email","common_name"],"organisation":"/custom/org","roles":"/custom/roles"}',
  ),
  /** Keys of session cookies and download links are derived from it. Secret, made by the operator. */
  EDGE_SECRET: v.optional(secret),
  /** Where people reach the worker, where that is not what its own requests say. */
  PUBLIC_URL: v.optional(
    url(
      'must be an https URL without a path, or http on loopback',
      (address) => isHttps(address) && isOrigin(address),
    ),
  ),
  /** Development only: who callers without a token are, on loopback. From `npm start`. */
  DEVELOPMENT_IDENTITY: v.optional(
    json(Caller, 'must be a caller as JSON: subject, organisation, roles'),
  ),
};

type VariableName = keyof typeof variables;

export type Bindings = Readonly<Partial<Record<VariableName, string>>>;

/** Every variable with its default, if it has one. */
export const VARIABLE_DEFAULTS: Readonly<Record<VariableName, unknown>> = v.getDefaults(
  v.object(variables),
);

export type Variables = v.InferOutput<typeof Variables>;

export const Variables = v.pipe(
  v.object(variables, 'must be set'),
  v.check(
    (set) => set.JWT_SECRET === undefined || set.JWT_JWKS_URL === undefined,
    'JWT_SECRET and JWT_JWKS_URL exclude each other: set one of them',
  ),
  v.check(
    (set) =>
      (set.JWT_SECRET === undefined && set.JWT_JWKS_URL === undefined) ||
      (set.JWT_ISSUER !== undefined && set.JWT_AUDIENCE !== undefined),
    'JWT_ISSUER and JWT_AUDIENCE must be set beside JWT_SECRET or JWT_JWKS_URL',
  ),
  v.check(
    (set) => (set.OIDC_ISSUER === undefined) === (set.OIDC_CLIENT_ID === undefined),
    'OIDC_ISSUER and OIDC_CLIENT_ID need each other',
  ),
  v.check(
    (set) => set.OIDC_ISSUER === undefined || set.EDGE_SECRET !== undefined,
    'EDGE_SECRET must be set beside OIDC_ISSUER',
  ),
  v.check(
    (set) => (set.ACCESS_TEAM_DOMAIN === undefined) === (set.ACCESS_AUDIENCE === undefined),
    'ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE need each other',
  ),
);
