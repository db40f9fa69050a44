// ID tokens that the provider has not signed, or not for this sign-in: what its token endpoint hands out
// is replaced on the way, and so is its published key.

import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT, type IdentityProvider, startIdentityProvider } from './identityProvider.ts';
import { ACCOUNTS, EDGE, SESSION, signInEdge } from './signInEdge.ts';

type Forge = (claims: JWTPayload) => Promise<string> | string;

const KEY = await generateKeyPair('RS256', { extractable: true });
const STRANGERS_KEY = await generateKeyPair('RS256');
const PUBLISHED = { keys: [{ ...(await exportJWK(KEY.publicKey)), kid: 'k' }] };

let provider: IdentityProvider;

beforeAll(async () => {
  provider = await startIdentityProvider({ edge: EDGE, accounts: ACCOUNTS });
});

afterAll(() => provider.close());

const signInWith = (forge: Forge) =>
  signInEdge(provider, {}, async (url, init) => {
    if (url === `${provider.issuer}/jwks`) return Response.json(PUBLISHED);
    const response = await fetch(url, init);
    if (url !== `${provider.issuer}/token`) return response;
    const tokens = JSON.parse(await response.text());
    return Response.json({ ...tokens, id_token: await forge(decodeJwt(tokens.id_token)) });
  });

const signed =
  (changes: object, { privateKey } = KEY): Forge =>
  (claims) =>
    new SignJWT(JSON.parse(JSON.stringify({ ...claims, ...changes })))
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey);

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

const unsigned: Forge = (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`;

const signedWithSecret: Forge = (claims) =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(CLIENT.secret));

describe('an ID token', () => {
  it('is accepted when everything is right', async () => {
    expect((await signInWith(signed({})).signIn()).response.status).toBe(200);
  });

  it.each<[string, Forge]>([
    ['for another audience', signed({ aud: 'another' })],
    ['of another issuer', signed({ iss: 'https://evil.example' })],
    ['that is expired', signed({ exp: Math.floor(Date.now() / 1000) - 6 })],
    ['without a nonce', signed({ nonce: undefined })],
    ['without a subject', signed({ sub: undefined })],
    ['signed with a key that is not published', signed({}, STRANGERS_KEY)],
    ['signed with the client’s secret', signedWithSecret],
    ['without a signature', unsigned],
  ])('is refused %s', async (_, forge) => {
    const subject = signInWith(forge);
    expect((await subject.signIn()).response.status).toBe(400);
    expect(await subject.browser.cookie(SESSION)).toBeUndefined();
    expect(subject.upstream).toEqual([]);
  });
});
