// Tokens signed with a key that their issuer publishes, over a real HTTP key set.

import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from '../../worker/app.ts';
import { BINDINGS, CLAIMS, NOW } from './harness.ts';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const keyPairs = new Map(
  await Promise.all(
    ALGORITHMS.map(
      async (alg) => [alg, await generateKeyPair(alg, { extractable: true })] as const,
    ),
  ),
);
const rsa = await generateKeyPair('RS512', { extractable: true });

let issuer: Server;
let keySetRequests = 0;
let keySetStatus = 200;
let jwksUrl: string;
/** What the issuer publishes now. */
let keys: JWK[];

beforeAll(async () => {
  keys = [{ ...(await exportJWK(rsa.publicKey)), kid: 'RS512' }];
  for (const [alg, { publicKey }] of keyPairs) {
    keys.push({ ...(await exportJWK(publicKey)), kid: alg });
  }
  issuer = createServer((_, response) => {
    keySetRequests += 1;
    response.writeHead(keySetStatus, { 'Content-Type': 'application/jwk-set+json' });
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((listening) => issuer.listen(0, '127.0.0.1', listening));
  const address = issuer.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot find the port');
  jwksUrl = `http://127.0.0.1:${address.port}/jwks.json`;
});

afterAll(() => {
  issuer.close();
});

/** A new isolate, with a key set cache of its own; upstream is faked, the key set is fetched. */
function isolate() {
  let upstream = 0;
  const app = createApp({
    fetch: (url, init) => {
      if (url === jwksUrl) return fetch(url, init);
      upstream += 1;
      return Promise.resolve(new Response('', { headers: { 'Content-Type': 'text/csv' } }));
    },
    now: () => NOW,
    addressOf: () => undefined,
    log: () => {},
  });
  const { JWT_SECRET: _, ...rest } = BINDINGS;
  const bindings = { ...rest, JWT_JWKS_URL: jwksUrl };
  return {
    upstream: () => upstream,
    ask: (token: string) =>
      app.request(
        '/reports/ai-sessions-detail.csv',
        { headers: { Authorization: `Bearer ${token}` } },
        bindings,
      ),
  };
}

function sign(alg: string, kid = alg, claims: JWTPayload = CLAIMS): Promise<string> {
  const key = keyPairs.get(alg)?.privateKey ?? rsa.privateKey;
  return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
}

/** Lets a test change the published keys, and put forward the clock that jose's cache goes by. */
function changeKeysAndClock(): void {
  const published = keys;
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
    keys = published;
  });
}

describe('a key set', () => {
  it.each(ALGORITHMS)('verifies %s', async (alg) => {
    expect((await isolate().ask(await sign(alg))).status).toBe(200);
  });

  it('is fetched once for many tokens', async () => {
    const before = keySetRequests;
    const { ask } = isolate();
    for (const alg of ALGORITHMS) expect((await ask(await sign(alg))).status).toBe(200);
    expect(keySetRequests - before).toBe(1);
  });

  it.each<[string, () => Promise<string>]>([
    ['signed by another key under a known kid', () => forged()],
    ['with a kid that is not published', () => sign('RS256', 'unknown')],
    ['with an algorithm that is not accepted', () => sign('RS512')],
    ['with the published RSA key as an HS256 secret', () => confused()],
    ['that brings its own key', () => selfSigned()],
    ['that is expired', () => sign('ES256', 'ES256', { ...CLAIMS, exp: 1 })],
  ])('refuses a token %s', async (_, makeToken) => {
    const { ask, upstream } = isolate();
    expect((await ask(await makeToken())).status).toBe(401);
    expect(upstream()).toBe(0);
  });

  it('may change: a new key counts as soon as it is seen', async () => {
    changeKeysAndClock();
    const { ask } = isolate();
    expect((await ask(await sign('ES256'))).status).toBe(200);
    const next = await generateKeyPair('ES256', { extractable: true });
    keys = [{ ...(await exportJWK(next.publicKey)), kid: 'next' }];
    const signedByNext = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'ES256', kid: 'next' })
      .sign(next.privateKey);

    vi.setSystemTime(Date.now() + 31_000);
    expect((await ask(await sign('ES256'))).status).toBe(200);
    expect((await ask(signedByNext)).status).toBe(200);
    expect((await ask(await sign('ES256'))).status).toBe(401);
  });

  it('that has lost a key is noticed after 10 minutes', async () => {
    changeKeysAndClock();
    const { ask } = isolate();
    expect((await ask(await sign('ES256'))).status).toBe(200);
    keys = keys.filter(({ kid }) => kid !== 'ES256');
    vi.setSystemTime(Date.now() + 10 * 60_000 + 1);
    expect((await ask(await sign('ES256'))).status).toBe(401);
  });

  it('that cannot be had is nobody’s fault but ours: 503, and nothing runs', async () => {
    const { ask, upstream } = isolate();
    keySetStatus = 500;
    const response = await ask(await sign('RS256'));
    keySetStatus = 200;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      type: 'urn:ai-sessions:problem:identity-unavailable',
    });
    expect(upstream()).toBe(0);
    expect((await ask(await sign('RS256'))).status).toBe(200);
  });
});

async function forged(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(CLAIMS).setProtectedHeader({ alg: 'RS256', kid: 'RS256' }).sign(privateKey);
}

async function confused(): Promise<string> {
  const published = keyPairs.get('RS256')?.publicKey;
  if (published === undefined) throw new Error('Cannot find the RS256 key');
  const secret = new Uint8Array(await crypto.subtle.exportKey('spki', published));
  return new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'RS256' }).sign(secret);
}

async function selfSigned(): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return new SignJWT(CLAIMS)
    .setProtectedHeader({ alg: 'ES256', jwk, jku: 'https://evil.example/jwks.json' })
    .sign(privateKey);
}
