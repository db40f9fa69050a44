// OpenID Connect as a relying party: authorization code with PKCE, state and nonce (OpenID Connect
// Core, RFC 7636, RFC 9207). Says where to send a browser and what it came back with; knows no cookies.

import * as oauth from 'oauth4webapi';
import type { Fetch } from '../fetch.ts';
import { isLoopback } from '../loopback.ts';
import type { AuthenticationFailure } from './authentication.ts';
import type { ClaimRules, Claims } from './claimRules.ts';
import { CLOCK_TOLERANCE_SECONDS } from './issuedToken.ts';

/** Providers change their endpoints rarely. */
const METADATA_LIFETIME_MS = 10 * 60 * 1000;

/** As long as an issuer has for its keys (jose). */
const PROVIDER_TIMEOUT_MS = 5_000;

export interface OidcSettings {
  readonly issuer: URL;
  /** What people call it. */
  readonly name: string;
  readonly clientId: string;
  /** Without one it is a public client: PKCE alone binds the code to this sign-in. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
  readonly claims: ClaimRules;
}

/** What the callback must fit to; kept in the browser that has begun the sign-in. */
export interface SignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

type Result<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: AuthenticationFailure };

interface Callback {
  readonly parameters: URLSearchParams;
  /** The same as the sign-in began with. */
  readonly redirectUri: string;
}

export interface Oidc {
  /** The provider's address for a new sign-in, and what to keep until it is back. */
  begin(
    settings: OidcSettings,
    redirectUri: string,
  ): Promise<Result<{ readonly url: URL; readonly signIn: SignIn }>>;
  /** What the provider says about the person, once everything fits. */
  finish(settings: OidcSettings, callback: Callback, signIn: SignIn): Promise<Result<Claims>>;
  /** Where people sign out of the provider too, if it has such a place (RP-Initiated Logout). */
  signOutUrl(settings: OidcSettings, returnUri: string): Promise<URL | undefined>;
}

/** What is known of providers is kept as long as this lives: values, no promises (workerd). */
export function createOidc(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
}): Oidc {
  const { fetch, now } = dependencies;
  const known = new Map<string, { server: oauth.AuthorizationServer; until: number }>();

  function options({ issuer }: OidcSettings) {
    return {
      [oauth.customFetch]: (url: string, init: object) => fetch(url, init),
      signal: () => AbortSignal.timeout(PROVIDER_TIMEOUT_MS),
      [oauth.allowInsecureRequests]: issuer.protocol === 'http:' && isLoopback(issuer.hostname),
    };
  }

  async function serverOf(settings: OidcSettings): Promise<oauth.AuthorizationServer> {
    const { issuer } = settings;
    const earlier = known.get(issuer.href);
    if (earlier !== undefined && now().getTime() < earlier.until) return earlier.server;
    const response = await oauth.discoveryRequest(issuer, options(settings));
    const server = await oauth.processDiscoveryResponse(issuer, response);
    known.set(issuer.href, { server, until: now().getTime() + METADATA_LIFETIME_MS });
    return server;
  }

  /** The library reads the system's clock; the skew makes it ours. */
  function clientOf({ clientId }: OidcSettings): oauth.Client {
    const skewSeconds = Math.round((now().getTime() - Date.now()) / 1000);
    return {
      client_id: clientId,
      [oauth.clockSkew]: skewSeconds,
      [oauth.clockTolerance]: CLOCK_TOLERANCE_SECONDS,
    };
  }

  async function redeem(
    settings: OidcSettings,
    server: oauth.AuthorizationServer,
    { parameters, redirectUri }: Callback,
    { state, nonce, verifier }: SignIn,
  ): Promise<Claims> {
    const client = clientOf(settings);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      clientAuth(settings, server),
      oauth.validateAuthResponse(server, client, parameters, state),
      redirectUri,
      verifier,
      options(settings),
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected);
    // The library keeps keys with this object: with a copy, a new key is known as soon as it is used.
    await oauth.validateApplicationLevelSignature({ ...server }, response, options(settings));
    const claims = oauth.getValidatedIdTokenClaims(tokens);
    if (claims === undefined) throw new TypeError('no ID token'); // requireIdToken has seen to it
    return claims;
  }

  return {
    begin: (settings, redirectUri) =>
      settled(async () => {
        const server = await serverOf(settings);
        if (server.authorization_endpoint === undefined) throw new TypeError('no endpoint');
        const signIn = {
          state: oauth.generateRandomState(),
          nonce: oauth.generateRandomNonce(),
          verifier: oauth.generateRandomCodeVerifier(),
        };
        const url = new URL(server.authorization_endpoint);
        for (const [name, value] of Object.entries({
          response_type: 'code',
          client_id: settings.clientId,
          redirect_uri: redirectUri,
          scope: settings.scope,
          state: signIn.state,
          nonce: signIn.nonce,
          code_challenge: await oauth.calculatePKCECodeChallenge(signIn.verifier),
          code_challenge_method: 'S256',
        })) {
          url.searchParams.set(name, value);
        }
        return { url, signIn };
      }),

    finish: (settings, callback, signIn) =>
      settled(async () => redeem(settings, await serverOf(settings), callback, signIn)),

    async signOutUrl(settings, returnUri) {
      const found = await settled(() => serverOf(settings));
      if (!found.ok || found.value.end_session_endpoint === undefined) return undefined;
      const url = new URL(found.value.end_session_endpoint);
      url.searchParams.set('client_id', settings.clientId);
      url.searchParams.set('post_logout_redirect_uri', returnUri);
      return url;
    },
  };
}

/** What the provider takes; RFC 8414 says that one that names nothing takes Basic. */
function clientAuth(
  { clientSecret }: OidcSettings,
  { token_endpoint_auth_methods_supported: supported }: oauth.AuthorizationServer,
): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None();
  return supported === undefined || supported.includes('client_secret_basic')
    ? oauth.ClientSecretBasic(clientSecret)
    : oauth.ClientSecretPost(clientSecret);
}

async function settled<Value>(work: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}

/** OAuth's error codes: anything else in their place is not repeated in a log. */
const ERROR_CODE = /^[a-z_]{1,40}$/;

/** What says that the provider, not the browser, is at fault. */
const PROVIDER_FAILURES: ReadonlySet<string | undefined> = new Set([
  oauth.PARSE_ERROR,
  oauth.RESPONSE_IS_NOT_JSON,
  oauth.RESPONSE_IS_NOT_CONFORM,
  oauth.HTTP_REQUEST_FORBIDDEN,
  oauth.MISSING_SERVER_METADATA,
  oauth.INVALID_SERVER_METADATA,
]);

const CLIENT_REFUSED: AuthenticationFailure = {
  kind: 'unavailable',
  reason:
    'the identity provider refuses this client: compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET',
};

/** Reasons are codes: messages and causes could hold the code or the token. */
function failureOf(error: unknown): AuthenticationFailure {
  if (error instanceof oauth.WWWAuthenticateChallengeError) return CLIENT_REFUSED;
  if (
    error instanceof oauth.AuthorizationResponseError ||
    error instanceof oauth.ResponseBodyError
  ) {
    if (error.error === 'invalid_client') return CLIENT_REFUSED;
    const code = ERROR_CODE.test(error.error) ? error.error : 'an unknown error';
    return { kind: 'invalid', reason: `the identity provider answered ${code}` };
  }
  if (
    error instanceof oauth.OperationProcessingError ||
    error instanceof oauth.UnsupportedOperationError
  ) {
    return PROVIDER_FAILURES.has(error.code)
      ? { kind: 'unavailable', reason: `the identity provider: ${error.code}` }
      : { kind: 'invalid', reason: `the identity provider's answer: ${error.code}` };
  }
  return { kind: 'unavailable', reason: 'the identity provider: the fetch failed' };
}
