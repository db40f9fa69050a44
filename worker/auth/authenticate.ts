// Who calls: the one place that looks at a request's credentials and picks the way to check them.

import type { Fetch } from '../fetch.ts';
import type { Settings } from '../settings.ts';
import type { Authentication } from './authentication.ts';
import { createBearerVerifier } from './bearer.ts';
import { developmentIdentity } from './development.ts';

/** RFC 6750, section 2.1: the scheme in any case, then a b64token. */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;

export type Authenticate = (request: Request, settings: Settings) => Promise<Authentication>;

export function createAuthenticate(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
}): Authenticate {
  const verifyBearer = createBearerVerifier(dependencies);

  return async (request, settings) => {
    const authorization = request.headers.get('Authorization');
    if (authorization === null) {
      const caller = developmentIdentity(request.url, settings);
      return caller === undefined
        ? { kind: 'missing', reason: 'no credentials' }
        : { kind: 'caller', caller };
    }
    const token = BEARER.exec(authorization)?.[1];
    if (token === undefined) return { kind: 'invalid', reason: 'not a bearer token' };
    if (settings.bearer === undefined) {
      return { kind: 'invalid', reason: 'neither JWT_SECRET nor JWT_JWKS_URL is set' };
    }
    return verifyBearer(token, settings.bearer);
  };
}
