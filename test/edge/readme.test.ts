// What worker/README.md tells operators to type does what it says.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { PrivateSigningKey, PublicSigningKeys } from '../../sql/contract/signingKeys.ts';
import type { Bindings } from '../../worker/env.ts';
import { readSettings } from '../../worker/settings.ts';
import { BINDINGS } from './harness.ts';

const readme = await readFile(new URL('../../worker/README.md', import.meta.url), 'utf8');

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\\n\`\`\`${language}\\n(.*?)\\n\`\`\`\\n`, 'gs'))].map(
    ([, text = '']) => text,
  );

it('the command for a key pair makes one', async () => {
  const [command = ''] = blocks('sh');
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const [privateHalf = '', publicSet = ''] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { kid, ...key } = v.parse(PrivateSigningKey, privateHalf);
  const signed = await new SignJWT({})
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .sign(await importJWK(key, 'EdDSA'));
  const keys = createLocalJWKSet(v.parse(PublicSigningKeys, publicSet));
  await expect(jwtVerify(signed, keys)).resolves.toMatchObject({ protectedHeader: { kid } });
});

describe('the variables of an example', () => {
  const { ANALYTICS_URL, ASSERTION_PRIVATE_KEY } = BINDINGS;
  const secrets = { EDGE_SECRET: 'an edge secret of these tests, 32 bytes or more' };
  const required = { ANALYTICS_URL, ASSERTION_PRIVATE_KEY, ...secrets } as Bindings;
  const examples = blocks('ini').map((text): [string, string] => [text.split('=')[0] ?? '', text]);

  it('are there for each kind of identity that is made of them', () => {
    const first = ['JWT_JWKS_URL', 'OIDC_ISSUER', 'OIDC_ISSUER', 'ACCESS_TEAM_DOMAIN'];
    expect(examples.map(([name]) => name)).toEqual(first);
  });

  it.each(examples)('are right: those after %s', async (name, text) => {
    const set = text
      .split('\n')
      .map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]);
    const read = await readSettings({ ...required, ...Object.fromEntries(set) });
    const kind = { JWT: 'bearer', OIDC: 'oidc', ACCESS: 'access' }[name.split('_')[0] ?? ''];
    expect(read).toMatchObject({
      ok: true,
      settings: { [kind ?? '']: { claims: expect.any(Object) } },
    });
  });
});
