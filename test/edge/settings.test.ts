// The worker's variables: what is wrong is refused and told to the operator, and all are documented.

import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { VARIABLE_DEFAULTS } from '../../worker/env.ts';
import { BINDINGS, DEVELOPER, edge, token } from './harness.ts';

const SHORT = 'shorter than 32 bytes';
const HALF_KEY = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', d: 'AAAA', kid: 'k' });
const OIDC = {
  OIDC_ISSUER: 'https://login.example',
  OIDC_CLIENT_ID: 'ai-sessions-client',
  EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more',
};
const { JWT_SECRET: _, ...WITHOUT_SECRET } = BINDINGS;

describe('a variable that is not right', () => {
  it.each([
    ['ANALYTICS_URL: must be set', { ANALYTICS_URL: undefined }],
    ['ANALYTICS_URL: must be an http', { ANALYTICS_URL: 'analytics:8790' }],
    ['ANALYTICS_URL: must be an http', { ANALYTICS_URL: 'file:///lake' }],
    ['ANALYTICS_URL: must be an http', { ANALYTICS_URL: 'http://analytics/?a=b' }],
    ['ASSERTION_PRIVATE_KEY: must be an Ed25519', { ASSERTION_PRIVATE_KEY: 'not JSON' }],
    ['must be an Ed25519 private key', { ASSERTION_PRIVATE_KEY: '{"kty":"RSA"}' }],
    ['ASSERTION_PRIVATE_KEY: must be a key that can', { ASSERTION_PRIVATE_KEY: HALF_KEY }],
    ['JWT_SECRET: must have at least 32 bytes', { JWT_SECRET: SHORT }],
    ['JWT_SECRET and JWT_JWKS_URL exclude', { JWT_JWKS_URL: 'https://issuer.example/jwks' }],
    ['JWT_ISSUER and JWT_AUDIENCE must be set', { JWT_ISSUER: undefined }],
    ['JWT_ISSUER and JWT_AUDIENCE must be set', { JWT_AUDIENCE: undefined }],
    ['JWT_AUDIENCE: must not be empty', { JWT_AUDIENCE: '' }],
    ['JWT_JWKS_URL: must be an https', { JWT_JWKS_URL: 'http://issuer.example/jwks' }],
    ['JWT_CLAIMS.org: must be rules', { JWT_CLAIMS: '{"org":"org"}' }],
    ['API_TOKEN_PUBLIC_KEYS.keys: must be a JWK Set', { API_TOKEN_PUBLIC_KEYS: '{"keys":[]}' }],
    ['OIDC_ISSUER: must be an https', { ...OIDC, OIDC_ISSUER: 'http://login.example' }],
    ['OIDC_SCOPE: must be names with spaces', { ...OIDC, OIDC_SCOPE: 'email,openid' }],
    ['OIDC_ISSUER and OIDC_CLIENT_ID need', { OIDC_ISSUER: OIDC.OIDC_ISSUER }],
    ['OIDC_ISSUER and OIDC_CLIENT_ID need', { OIDC_CLIENT_ID: OIDC.OIDC_CLIENT_ID }],
    ['EDGE_SECRET must be set beside OIDC_ISSUER', { ...OIDC, EDGE_SECRET: undefined }],
    ['EDGE_SECRET: must have at least 32 bytes', { ...OIDC, EDGE_SECRET: SHORT }],
    [
      'OIDC_CLAIMS.organisation: must be rules',
      { ...OIDC, OIDC_CLAIMS: '{"organisation":{"always":"A"}}' },
    ],
    ['ACCESS_TEAM_DOMAIN: must be an https', { ACCESS_TEAM_DOMAIN: 'team.example' }],
    ['ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE need', { ACCESS_AUDIENCE: 'audience tag' }],
    ['PUBLIC_URL: must be an https', { PUBLIC_URL: 'https://reports.example/path' }],
    ['DEVELOPMENT_IDENTITY: must be a caller', { DEVELOPMENT_IDENTITY: 'true' }],
    ['DEVELOPMENT_IDENTITY.organisation', { DEVELOPMENT_IDENTITY: devOf('../acme') }],
  ])('stops the worker, and the log says: %s', async (reason, change) => {
    const { ask, lines, calls } = edge(undefined, { ...BINDINGS, ...change });
    const response = await ask('/reports/ai-sessions-detail.csv');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text).type).toBe('urn:ai-sessions:problem:misconfigured');
    expect(lines).toEqual([expect.stringContaining(reason)]);
    for (const value of Object.values(change)) {
      if (value) expect(text + lines.join()).not.toContain(value);
    }
    expect(calls).toEqual([]);
  });

  it('is named with all others at once', async () => {
    const { ask, lines } = edge(undefined, {});
    await ask('/');
    expect(lines.join()).toMatch(/ANALYTICS_URL: must be set; ASSERTION_PRIVATE_KEY: must be set/);
  });
});

function devOf(organisation: string): string {
  return JSON.stringify({ ...DEVELOPER, organisation });
}

describe('settings', () => {
  it('need no way to sign in: then nobody is', async () => {
    const { ask, lines } = edge(undefined, WITHOUT_SECRET);
    expect((await ask('/')).status).toBe(401);
    expect(lines.join()).toContain('neither JWT_SECRET nor JWT_JWKS_URL is set');
  });

  it('name the claims that hold organisation and roles', async () => {
    const { ask, calls } = edge(undefined, {
      ...BINDINGS,
      JWT_CLAIMS: JSON.stringify({
        organisation: 'https://issuer.example/org',
        roles: '/realm_access/roles',
      }),
    });
    const claims = {
      'https://issuer.example/org': 'globex',
      realm_access: { roles: ['administrator'] },
    };
    const headers = { Authorization: `Bearer ${await token(claims)}` };
    expect((await ask('/reports/ai-sessions-detail.csv', { headers })).status).toBe(200);
    const assertion = calls[0]?.headers.get('Authorization')?.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(assertion, 'base64url').toString()).caller).toMatchObject({
      organisation: 'globex',
      roles: ['administrator'],
    });
  });

  it('are all in the README’s table, with their defaults, and no others', async () => {
    const readme = await readFile(new URL('../../worker/README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \|[^|]*\|([^|]*)\|/gm)];
    const documented = rows.map(([, name, byDefault]) => [
      name,
      byDefault?.replaceAll('`', '').trim(),
    ]);
    const existing = Object.entries(VARIABLE_DEFAULTS);
    expect(documented).toEqual(existing.map(([name, byDefault]) => [name, byDefault ?? '']));
  });
});
