// Cloudflare Access: what it says about people and service tokens, with keys of ours in place of its own.

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { BINDINGS, type Changes, callerIn, edge, NOW_SECONDS } from './harness.ts';

const REPORT = '/reports/ai-sessions-detail.csv';
const TEAM = 'https://acme.cloudflareaccess.com';
const AUDIENCE = '4714c1358e65fe4b408ad6d432a5f878f08194bdb4752441fd56faefa9b2b6f2';
const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
const KEY_SET = { keys: [{ ...(await exportJWK(publicKey)), kid: 'team-1', alg: 'RS256' }] };

const ACCESS = { ...BINDINGS, ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUDIENCE: AUDIENCE };

/** As Cloudflare's documentation shows it, with claims of the team's identity provider. */
const CLAIMS = {
  aud: [AUDIENCE],
  email: 'ana@acme.example',
  exp: NOW_SECONDS + 300,
  iat: NOW_SECONDS,
  nbf: NOW_SECONDS,
  iss: TEAM,
  type: 'app',
  sub: '7335d417-61da-459d-899c-0a01c76a2f94',
  country: 'US',
  custom: { org: 'acme', roles: ['analyst'] },
};

function assertion(changes: Changes = {}): Promise<string> {
  const claims: JWTPayload = JSON.parse(JSON.stringify({ ...CLAIMS, ...changes }));
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'team-1' }).sign(privateKey);
}

const upstream = ({ url }: { readonly url: string }) =>
  url === `${TEAM}/cdn-cgi/access/certs`
    ? Response.json(KEY_SET)
    : new Response('Session ID\n', { headers: { 'Content-Type': 'text/csv' } });

async function ask(jwt: string, bindings: object = ACCESS, headers: Record<string, string> = {}) {
  const subject = edge(upstream, bindings);
  const presented = { 'Cf-Access-Jwt-Assertion': jwt, ...headers };
  const { status } = await subject.ask(REPORT, { headers: presented });
  return {
    status,
    lines: subject.lines,
    call: subject.calls.find(({ url }) => !url.startsWith(TEAM)),
  };
}

describe('Cloudflare Access', () => {
  it('names a person', async () => {
    const { status, call } = await ask(await assertion());
    expect(status).toBe(200);
    const caller = { subject: 'ana@acme.example', organisation: 'acme', roles: ['analyst'] };
    expect(callerIn(call)).toEqual(caller);
  });

  it('names a person whose roles go by their address', async () => {
    const values = { 'ana@acme.example': ['team_manager'] };
    const rules = {
      subject: 'email',
      organisation: { always: 'acme' },
      roles: { claim: 'email', values },
    };
    const bindings = { ...ACCESS, ACCESS_CLAIMS: JSON.stringify(rules) };
    const { call } = await ask(await assertion({ custom: undefined }), bindings);
    expect(callerIn(call).roles).toEqual(['team_manager']);
    const other = await assertion({ custom: undefined, email: 'eve@acme.example' });
    expect((await ask(other, bindings)).status).toBe(403);
  });

  it('names a service token', async () => {
    const changes = {
      email: undefined,
      sub: '',
      common_name: 'e367826f93b8d71185e03fe518aff3b4.access',
    };
    const { call } = await ask(await assertion(changes));
    expect(callerIn(call).subject).toBe(changes.common_name);
  });

  it.each<[string, Changes, string]>([
    ['of another application', { aud: ['another'] }, 'ERR_JWT_CLAIM_VALIDATION_FAILED aud'],
    ['of another team', { iss: 'https://evil.cloudflareaccess.com' }, 'iss'],
    ['that is expired', { exp: NOW_SECONDS - 6 }, 'ERR_JWT_EXPIRED'],
    ['without an organisation', { custom: { roles: ['analyst'] } }, 'no organisation'],
    ['of two organisations', { custom: { org: ['acme', 'globex'] } }, 'no organisation'],
    ['whose claims are no object', { custom: 'acme' }, 'no organisation'],
  ])('does not count with an assertion %s', async (_, changes, reason) => {
    const { status, lines, call } = await ask(await assertion(changes));
    expect(status).toBe(401);
    expect(lines.join()).toContain(reason);
    expect(call).toBeUndefined();
  });

  it('does not count where it is not set', async () => {
    expect((await ask(await assertion(), BINDINGS)).status).toBe(401);
  });

  it('does not make up for credentials that are not good', async () => {
    const { status, call } = await ask(await assertion(), ACCESS, { Authorization: 'Bearer x' });
    expect(status).toBe(401);
    expect(call).toBeUndefined();
  });

  it('counts before the development identity, and an assertion that is not good ends it', async () => {
    const DEVELOPMENT_IDENTITY = '{"subject":"dev","organisation":"acme","roles":["analyst"]}';
    const bindings = { ...ACCESS, DEVELOPMENT_IDENTITY };
    expect(callerIn((await ask(await assertion(), bindings)).call).subject).toBe(
      'ana@acme.example',
    );
    expect((await ask(await assertion({ aud: [] }), bindings)).status).toBe(401);
  });
});
