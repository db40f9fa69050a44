// Basic authentication with e-mail and API token, as programs written for Gladly's API do it.

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  API_TOKEN_AUDIENCE,
  API_TOKEN_ISSUER,
  API_TOKEN_TYPE,
} from '../../sql/contract/apiToken.ts';
import { ASSERTION_AUDIENCE, ASSERTION_ISSUER } from '../../sql/contract/assertion.ts';
import { BINDINGS, type Changes, callerIn, edge, NOW_SECONDS, token } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';
const EMAIL = 'ana@acme.example';

async function makeKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid } };
}

const KEY = await makeKey('tokens-2');
const FORMER_KEY = await makeKey('tokens-1');
const STRANGERS_KEY = await makeKey('tokens-2');

const TOKENS = {
  ...BINDINGS,
  API_TOKEN_PUBLIC_KEYS: JSON.stringify({ keys: [KEY.publicJwk, FORMER_KEY.publicJwk] }),
  REVOKED_TOKEN_IDS: 'revoked-1, revoked-2 revoked-3',
};

const CLAIMS = {
  iss: API_TOKEN_ISSUER,
  aud: API_TOKEN_AUDIENCE,
  sub: EMAIL,
  org: 'acme',
  roles: ['analyst'],
  jti: 'token-1',
  exp: NOW_SECONDS + 3600,
};

function apiToken(changes: Changes = {}, { kid, privateKey } = KEY, typ = API_TOKEN_TYPE) {
  const claims: JWTPayload = JSON.parse(JSON.stringify({ ...CLAIMS, ...changes }));
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ, kid }).sign(privateKey);
}

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

const encode = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');

describe('an API token', () => {
  it.each([
    ['of the key in use', EMAIL, KEY],
    ['of the former key, while it is published', EMAIL, FORMER_KEY],
    ['with the address as people write it', ' Ana@ACME.example', KEY],
  ])('is good: %s', async (_, user, key) => {
    const { ask, calls } = edge(undefined, TOKENS);
    const response = await ask(REPORT, { headers: basic(user, await apiToken({}, key)) });
    expect(response.status).toBe(200);
    const caller = { subject: EMAIL, organisation: 'acme', roles: ['analyst'] };
    expect(callerIn(calls[0])).toEqual(caller);
  });

  it.each<[string, () => Promise<string>, string]>([
    ['that is expired', () => apiToken({ exp: NOW_SECONDS - 6 }), 'ERR_JWT_EXPIRED'],
    ['that never expires', () => apiToken({ exp: undefined }), 'ERR_JWT_CLAIM'],
    ['that is revoked', () => apiToken({ jti: 'revoked-1' }), 'revoked-1 is revoked'],
    ['that is revoked too', () => apiToken({ jti: 'revoked-3' }), 'revoked-3 is revoked'],
    ['without an id', () => apiToken({ jti: undefined }), 'claims of another shape'],
    ['of another address', () => apiToken({ sub: 'eve@acme.example' }), 'another e-mail address'],
    ['of nobody', () => apiToken({ sub: undefined }), 'claims of another shape'],
    ['of no organisation', () => apiToken({ org: '../acme' }), 'claims of another shape'],
    ['for another audience', () => apiToken({ aud: 'another' }), 'ERR_JWT_CLAIM'],
    ['of another type', () => apiToken({}, KEY, 'JWT'), 'ERR_JWT_CLAIM'],
    ['of another key', () => apiToken({}, STRANGERS_KEY), 'ERR_JWS_SIGNATURE'],
    ['that is a bearer token', () => token(), 'ERR_JOSE_ALG_NOT_ALLOWED'],
    [
      'that is an assertion',
      () => apiToken({ iss: ASSERTION_ISSUER, aud: ASSERTION_AUDIENCE }),
      'ERR_JWT_CLAIM',
    ],
    [
      'without a signature',
      async () => `${encode({ alg: 'none', typ: API_TOKEN_TYPE })}.${encode(CLAIMS)}.`,
      'ERR_JOSE_ALG_NOT_ALLOWED',
    ],
    ['that is none', async () => 'secret', 'ERR_JWS_INVALID'],
    ['that is empty', async () => '', 'ERR_JWS_INVALID'],
  ])('is refused: one %s', async (_, makeToken, reason) => {
    const { ask, calls, lines } = edge(undefined, TOKENS);
    const password = await makeToken();
    const response = await ask(REPORT, { headers: basic(EMAIL, password) });
    expect(response.status).toBe(401);
    expect(lines.join()).toContain(reason);
    if (password !== '') expect(lines.join() + (await response.text())).not.toContain(password);
    expect(calls).toEqual([]);
  });

  it('needs one of the roles that may run reports', async () => {
    const { ask, calls } = edge(undefined, TOKENS);
    const headers = basic(EMAIL, await apiToken({ roles: ['agent'] }));
    expect((await ask(REPORT, { headers })).status).toBe(403);
    expect(calls).toEqual([]);
  });

  it('is none where no keys are set', async () => {
    const { ask, lines } = edge();
    expect((await ask(REPORT, { headers: basic(EMAIL, await apiToken()) })).status).toBe(401);
    expect(lines.join()).toContain('API_TOKEN_PUBLIC_KEYS is not set');
  });

  it('is refused when its key is not published any more', async () => {
    const API_TOKEN_PUBLIC_KEYS = JSON.stringify({ keys: [KEY.publicJwk] });
    const { ask } = edge(undefined, { ...TOKENS, API_TOKEN_PUBLIC_KEYS });
    const headers = basic(EMAIL, await apiToken({}, FORMER_KEY));
    expect((await ask(REPORT, { headers })).status).toBe(401);
  });
});

describe('who brings nothing', () => {
  it.each<[string, Record<string, string>, string]>([
    ['a program', {}, 'Bearer, Basic realm="AI Sessions", charset="UTF-8"'],
    [
      'a person',
      { 'Sec-Fetch-Mode': 'navigate' },
      'Bearer, Basic realm="AI Sessions", charset="UTF-8"',
    ],
    ['a page’s script', { 'Sec-Fetch-Mode': 'cors' }, 'Bearer'],
  ])('is asked for what is taken: %s', async (_, headers, challenge) => {
    const response = await edge(undefined, TOKENS).ask(REPORT, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe(challenge);
  });
});
