// `ai-sessions token`: what it makes, the edge accepts; what it should not make, it does not.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSigningKeys } from '../../analytics/local/signingKeys.ts';
import { verifyApiToken } from '../../worker/auth/apiToken.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';

const KEYS = await makeSigningKeys();
const REQUIRED = ['--email', 'Ana@acme.example', '--org', 'acme', '--role', 'analyst'];
const DAY_MS = 86_400_000;

let temp: string;

beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterAll(() => rm(temp, { recursive: true, force: true }));

async function token(args: readonly string[], key = KEYS.privateKey) {
  const env = { API_TOKEN_PRIVATE_KEY: key };
  const ended = await untilEnd(startProgram('cli.ts', ['token', ...args], { temp, env }));
  return { ...ended, stdout: ended.stdout.toString() };
}

describe('token', () => {
  test('writes the token alone to standard output, and how to revoke it to standard error', async () => {
    const { status, stdout, stderr } = await token([...REQUIRED, '--role', 'auditor']);
    expect(status).toBe(0);
    const password = stdout.trimEnd();
    expect(stdout).toMatch(/^[\w.-]+\n$/);
    expect(stderr).not.toContain(password);
    const { jti = '', exp = 0 } = decodeJwt(password);
    expect(stderr).toContain(`Token ${jti} of ana@acme.example for "acme"`);
    expect(stderr).toContain('REVOKED_TOKEN_IDS');

    const settings = { keys: createLocalJWKSet(KEYS.publicKeys), revokedIds: new Set<string>() };
    const credentials = { username: 'ana@acme.example', password };
    const good = await verifyApiToken(credentials, settings, new Date());
    expect(good).toEqual({
      kind: 'caller',
      caller: { subject: 'ana@acme.example', organisation: 'acme', roles: ['analyst', 'auditor'] },
    });
    const days = (exp * 1000 - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(90);
    expect(days).toBeLessThanOrEqual(91);

    const revoked = { ...settings, revokedIds: new Set([jti]) };
    expect((await verifyApiToken(credentials, revoked, new Date())).kind).toBe('invalid');
  });

  test('is good through the day that is named', async () => {
    const { stdout } = await token([...REQUIRED, '--expires', '2999-12-30']);
    expect(decodeJwt(stdout.trim()).exp).toBe(Date.parse('2999-12-31T00:00:00Z') / 1000);
  });

  test.each<[string, string[], string | undefined, RegExp]>([
    [
      'no address',
      ['--email', 'ana', ...REQUIRED.slice(2)],
      undefined,
      /--email must be an e-mail/,
    ],
    [
      'no organisation',
      [...REQUIRED, '--org', '../acme'],
      undefined,
      /--org must be one DNS label/,
    ],
    [
      'no role that may run reports',
      [...REQUIRED.slice(0, 4), '--role', 'agent'],
      undefined,
      /--role must be one of/,
    ],
    [
      'a day that is over',
      [...REQUIRED, '--expires', '2020-01-01'],
      undefined,
      /--expires must be today/,
    ],
    [
      'a day that does not exist',
      [...REQUIRED, '--expires', '2027-02-30'],
      undefined,
      /--expires must be a date/,
    ],
    ['no key', REQUIRED, '', /API_TOKEN_PRIVATE_KEY must be an Ed25519 private key/],
    [
      'a public key',
      REQUIRED,
      JSON.stringify(KEYS.publicKeys.keys[0]),
      /API_TOKEN_PRIVATE_KEY must/,
    ],
    [
      'half a key',
      REQUIRED,
      KEYS.privateKey.replace(/"d":"...../, '"d":"'),
      /API_TOKEN_PRIVATE_KEY must/,
    ],
  ])('is wrong usage with %s', async (_, args, key, message) => {
    const { status, stdout, stderr } = await token(args, key);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    if (key) expect(stderr).not.toContain(key);
  });
});
