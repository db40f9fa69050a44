// Who calls: the one place that looks at a request's credentials and picks the way to check them. The
// first kind that is there decides, alone: one that is not good is never made up for by another.

import { auth as basicCredentials } from 'hono/utils/basic-auth';
import type { Caller } from '../../sql/contract/roles.ts';
import type { Fetch } from '../fetch.ts';
import type { Settings } from '../settings.ts';
import { verifyApiToken } from './apiToken.ts';
import type { Authentication, AuthenticationFailure } from './authentication.ts';
import { developmentIdentity } from './development.ts';
import { createIssuedTokenVerifier } from './issuedToken.ts';
import { isLinked, verifyLink } from './link.ts';
import { sessionIdentity } from './session.ts';

/** RFC 6750, section 2.1: the scheme in any case, then a b64token. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

const ACCESS_HEADER = 'Cf-Access-Jwt-Assertion';

/** How a caller has been told from others. */
export type Way = 'link' | 'bearer' | 'basic' | 'access' | 'session' | 'development';

export type Identified =
  | { readonly kind: 'caller'; readonly caller: Caller; readonly way: Way }
  | AuthenticationFailure;

export type Authenticate = (request: Request, settings: Settings) => Promise<Identified>;

const invalid = (reason: string): AuthenticationFailure => ({ kind: 'invalid', reason });

async function by(way: Way, deciding: Promise<Authentication>): Promise<Identified> {
  const authentication = await deciding;
  return authentication.kind === 'caller' ? { ...authentication, way } : authentication;
}

export function createAuthenticate(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
}): Authenticate {
  const { now } = dependencies;
  const verifyIssued = createIssuedTokenVerifier(dependencies);

  async function byLink(request: Request, { seals }: Settings): Promise<Authentication> {
    return seals === undefined
      ? invalid('a link, and EDGE_SECRET is not set')
      : verifyLink(request, seals, now());
  }

  async function byBearer(token: string, { bearer }: Settings): Promise<Authentication> {
    return bearer === undefined
      ? invalid('a bearer token, and neither JWT_SECRET nor JWT_JWKS_URL is set')
      : verifyIssued(token, bearer);
  }

  async function byBasic(request: Request, { apiTokens }: Settings): Promise<Authentication> {
    const credentials = basicCredentials(request);
    if (credentials === undefined) return invalid('neither bearer nor Basic credentials');
    return apiTokens === undefined
      ? invalid('Basic credentials, and API_TOKEN_PUBLIC_KEYS is not set')
      : verifyApiToken(credentials, apiTokens, now());
  }

  async function bySession(request: Request, { oidc, seals }: Settings): Promise<Authentication> {
    return oidc === undefined || seals === undefined
      ? { kind: 'missing', reason: 'no credentials' }
      : sessionIdentity(request, seals, now());
  }

  return async (request, settings) => {
    if (isLinked(request)) return by('link', byLink(request, settings));

    const authorization = request.headers.get('Authorization');
    if (authorization !== null) {
      const token = BEARER.exec(authorization)?.[1];
      return token === undefined
        ? by('basic', byBasic(request, settings))
        : by('bearer', byBearer(token, settings));
    }

    const asserted = request.headers.get(ACCESS_HEADER);
    if (asserted !== null && settings.access !== undefined) {
      return by('access', verifyIssued(asserted, settings.access));
    }

    const session = await by('session', bySession(request, settings));
    if (session.kind === 'caller') return session;
    const developer = developmentIdentity(request.url, settings);
    return developer === undefined
      ? session
      : { kind: 'caller', caller: developer, way: 'development' };
  };
}
