// The entry for Deno, with a stand-in for Deno itself: what it knows of a connection, and that it reads its
// variables once. Real requests through the real Deno are in test/e2e.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Fetch } from '../../worker/fetch.ts';
import { ADDRESS, BINDINGS, token } from './harness.ts';

interface Entry {
  fetch(
    request: Request,
    connection: { readonly remoteAddr: { readonly hostname: string } },
  ): Promise<Response>;
}

const VARIABLES = new Map(
  Object.entries({ ...BINDINGS, EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more' }),
);
const CONNECTION = { remoteAddr: { hostname: ADDRESS } };
const URL = 'https://reports.example/api/runs';

const upstream = vi.fn<Fetch>(async () => Response.json({ runs: [] }));
let entry: Entry;

beforeAll(async () => {
  vi.stubGlobal('Deno', { env: VARIABLES });
  vi.stubGlobal('fetch', upstream);
  const { default: app } = await import('../../worker/deno.ts');
  entry = app as Entry;
});

afterAll(() => vi.unstubAllGlobals());

async function headers(): Promise<Record<string, string>> {
  const exp = Math.floor(Date.now() / 1000) + 60;
  return { Authorization: `Bearer ${await token({ exp })}`, 'Content-Type': 'application/json' };
}

it('reads its variables once, not for each request', async () => {
  const derive = vi.spyOn(crypto.subtle, 'deriveKey');
  for (const _ of [1, 2, 3]) {
    const request = new Request(URL, { headers: await headers() });
    expect((await entry.fetch(request, CONNECTION)).status).toBe(200);
  }
  const purposes = 3;
  expect(derive).toHaveBeenCalledTimes(purposes);
});

it('says where a request comes from, however its body is sent', async () => {
  const report = JSON.stringify({ report: 'ai-sessions-detail' });
  const body = new Blob([report]).stream();
  const init = { method: 'POST', headers: await headers(), body, duplex: 'half' } as const;
  await entry.fetch(new Request(URL, init), CONNECTION);
  const sent = new Headers(upstream.mock.lastCall?.[1].headers).get('Authorization') ?? '';
  const claims = Buffer.from(sent.split('.')[1] ?? '', 'base64url').toString();
  expect(JSON.parse(claims).client).toEqual({ address: ADDRESS });
});
