// A real OpenID Connect provider (oidc-provider) with a login page, over HTTP on this machine.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

export const CLIENT = { id: 'ai-sessions', secret: 'the secret of these tests and no other' };

/** Sends its secret in the body, not as Basic credentials. */
export const POSTING_CLIENT_ID = 'ai-sessions-post';
/** Has no secret. */
export const PUBLIC_CLIENT_ID = 'ai-sessions-public';

/** A program: gets access tokens for the edge by its secret alone. */
export const PROGRAM_ID = 'nightly-export';
/** What the provider calls the edge where it issues tokens for it. */
export const EDGE_AUDIENCE = 'urn:ai-sessions';

/** Claims of those who can log in, by the name that they log in with; any password will do. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface IdentityProvider {
  readonly issuer: string;
  /** Signs with a new key from now on, and publishes no other. */
  rotateKeys(): Promise<void>;
  /** Answers nothing but 500 until it is called with false. */
  breakDown(broken: boolean): void;
  close(): Promise<void>;
}

export async function startIdentityProvider(options: {
  /** Where the edge is reached. */
  readonly edge: string;
  readonly accounts: Accounts;
}): Promise<IdentityProvider> {
  let answer: ReturnType<Provider['callback']> | undefined;
  let broken = false;
  const server = createServer((request, response) => {
    if (broken || answer === undefined) response.writeHead(500).end();
    else void answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot find the port');
  const issuer = `http://127.0.0.1:${address.port}`;

  const rotateKeys = async () => {
    answer = (await makeProvider(issuer, options)).callback();
  };
  await rotateKeys();

  return {
    issuer,
    rotateKeys,
    breakDown: (now) => {
      broken = now;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function makeProvider(
  issuer: string,
  { edge, accounts }: { readonly edge: string; readonly accounts: Accounts },
): Promise<Provider> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), use: 'sig' };
  const addresses = {
    redirect_uris: [`${edge}/sign-in/callback`],
    post_logout_redirect_uris: [`${edge}/signed-out`],
  };
  return new Provider(issuer, {
    clients: [
      { client_id: CLIENT.id, client_secret: CLIENT.secret, ...addresses },
      {
        client_id: POSTING_CLIENT_ID,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: 'client_secret_post',
        ...addresses,
      },
      { client_id: PUBLIC_CLIENT_ID, token_endpoint_auth_method: 'none', ...addresses },
      {
        client_id: PROGRAM_ID,
        client_secret: CLIENT.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: EDGE_AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ org: 'acme', roles: ['analyst'] }),
    jwks: { keys: [key] },
    cookies: { keys: ['signs the cookies of these tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['org', 'roles'] },
    conformIdTokenClaims: false, // or the ID token would hold nothing but `sub`
    findAccount: (_, login) => {
      const claims = accounts[login];
      return claims && { accountId: login, claims: () => ({ sub: login, ...claims }) };
    },
    // Nobody is asked whether they consent: that is between them and their provider.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider } = oidc;
      const accountId = session?.accountId;
      if (client === undefined || accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
  });
}
