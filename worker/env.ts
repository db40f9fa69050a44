// The worker's variables: what each is, where it comes from, what is right. Messages are for the
// operator and never repeat a value, because some are secrets.

import * as v from 'valibot';
import { Caller } from '../sql/contract/roles.ts';
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

const PrivateKey = v.object({
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.string(),
  d: v.string(),
  kid: v.pipe(v.string(), v.minLength(1)),
});

const variables = {
  /** Where the analytics service answers. From the deployment. */
  ANALYTICS_URL: url(
    'must be an http or https URL without a query',
    ({ protocol, search, hash }) => /^https?:$/.test(protocol) && search === '' && hash === '',
  ),
  /** Signs what the worker tells the analytics service, which holds the public half. Secret. */
  ASSERTION_PRIVATE_KEY: json(PrivateKey, 'must be an Ed25519 private key as a JWK with a kid'),
  /** The HS256 secret that callers' tokens are signed with. Secret, from the token issuer. */
  JWT_SECRET: v.optional(
    v.pipe(
      v.string('must be text'),
      v.minBytes(MIN_SECRET_BYTES, `must have at least ${MIN_SECRET_BYTES} bytes`),
    ),
  ),
  /** Where the token issuer publishes its public keys. From the issuer's documentation. */
  JWT_JWKS_URL: v.optional(
    url(
      'must be an https URL, or http on loopback',
      ({ protocol, hostname }) =>
        protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname)),
    ),
  ),
  /** The `iss` that callers' tokens must carry. From the token issuer. */
  JWT_ISSUER: v.optional(text('must not be empty')),
  /** The `aud` that callers' tokens must carry: this service, as the issuer calls it. */
  JWT_AUDIENCE: v.optional(text('must not be empty')),
  /** The claim that holds the organisation's name. From the token issuer. */
  JWT_ORGANISATION_CLAIM: v.optional(text('must not be empty'), 'org'),
  /** The claim that holds the caller's roles. From the token issuer. */
  JWT_ROLES_CLAIM: v.optional(text('must not be empty'), 'roles'),
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
);
