// An edge without a network: a fetch that records what would be sent upstream, a clock that stands
// still, and real keys.

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Caller } from '../../sql/contract/roles.ts';
import { createApp } from '../../worker/app.ts';
import type { Bindings } from '../../worker/env.ts';
import type { Fetch } from '../../worker/fetch.ts';

export const NOW = new Date('2026-08-01T12:00:00Z');
export const NOW_SECONDS = NOW.getTime() / 1000;

const signing = await generateKeyPair('EdDSA', { extractable: true });
const kid = 'edge-2026';
export const ASSERTION_KEY = { kid, publicKey: signing.publicKey };

export const SECRET = 'a secret of these tests: long enough for HS512, which wants 64 bytes';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'ai-sessions';

export const BINDINGS: Bindings = {
  ANALYTICS_URL: 'http://analytics.internal:8790/',
  ASSERTION_PRIVATE_KEY: JSON.stringify({ ...(await exportJWK(signing.privateKey)), kid }),
  JWT_SECRET: SECRET,
  JWT_ISSUER: ISSUER,
  JWT_AUDIENCE: AUDIENCE,
};

export const DEVELOPER = { subject: 'dev@acme.example', organisation: 'acme', roles: ['analyst'] };

/** The claims of a good token of Acme's analyst Ana. */
export const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ana@acme.example',
  org: 'acme',
  roles: ['analyst'],
  exp: NOW_SECONDS + 300,
} satisfies JWTPayload;

export type Changes = Readonly<Record<string, unknown>>;

/** A signed token: the good one, with some claims changed or (undefined) left out. */
export function token(changes: Changes = {}): Promise<string> {
  const claims: JWTPayload = JSON.parse(JSON.stringify({ ...CLAIMS, ...changes }));
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

/** Where all requests come from. */
export const ADDRESS = '2001:db8::7';

export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** In whose name the edge asks: what it asserts, unverified. */
export function callerIn(call: Pick<Call, 'headers'> | undefined): Caller {
  const [, claims = ''] = call?.headers.get('Authorization')?.split('.') ?? [];
  return JSON.parse(Buffer.from(claims, 'base64url').toString()).caller;
}

const csv = () =>
  new Response('Session ID\n', { headers: { 'Content-Type': 'text/csv; charset=utf-8' } });

/** A host that takes requests and answers none. */
export const unanswered: Fetch = async (_, { signal }) => {
  signal?.throwIfAborted();
  return new Promise(() => {});
};

export interface Edge {
  /** Asks the edge, with Ana's token unless other headers are given. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  /** Every request that went upstream, but for what tells of refusals. */
  readonly calls: readonly Call[];
  /** What the analytics service was told to have been refused. */
  readonly refusals: readonly Call[];
  /** The operator's log. */
  readonly lines: readonly string[];
}

export function edge(
  upstream: (call: Call) => Response | Promise<Response> = csv,
  bindings: object = BINDINGS,
  now: () => Date = () => NOW,
): Edge {
  const calls: Call[] = [];
  const refusals: Call[] = [];
  const lines: string[] = [];
  const app = createApp({
    fetch: async (url, init) => {
      const request = new Request(url, init);
      const { method, headers, signal } = request;
      const call = { url, method, headers, body: await request.text(), signal };
      if (url.endsWith('/refusals')) {
        refusals.push(call);
        return new Response(null, { status: 204 });
      }
      calls.push(call);
      return upstream(call);
    },
    now,
    addressOf: () => ADDRESS,
    log: (line) => lines.push(line),
  });
  return {
    ask: async (path, init = {}) => {
      const headers = init.headers ?? { Authorization: `Bearer ${await token()}` };
      return app.request(path, { ...init, headers }, bindings);
    },
    calls,
    refusals,
    lines,
  };
}
