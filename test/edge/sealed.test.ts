// What the edge gives out to have it back: nobody reads it, changes it, or passes it for something else.

import { EncryptJWT } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { makeSeals, open, seal } from '../../worker/auth/sealed.ts';
import { NOW } from './harness.ts';

const SECRET = 'an edge secret of these tests, 32 bytes or more';
const SEALS = await makeSeals(SECRET);
const CONTENT = { caller: 'ana@acme.example' };
const Content = v.object({ caller: v.string() });
const SEALED = await seal(SEALS.link, CONTENT, NOW, 60);

const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

/** As it would be if someone had the key. */
const otherwise = (header: { alg: string; enc: string }, claims: object) =>
  new EncryptJWT({ ...claims })
    .setProtectedHeader(header)
    .encrypt(header.alg === 'dir' ? SEALS.link : new Uint8Array(32));

describe('a seal', () => {
  it('opens with its own key, in another isolate too, until its time is over', async () => {
    const { link } = await makeSeals(SECRET);
    expect(await open(link, SEALED, Content, after(59))).toEqual({ ok: true, content: CONTENT });
    const late = await open(link, SEALED, Content, after(60));
    expect(late).toEqual({ ok: false, reason: 'ERR_JWT_EXPIRED' });
  });

  it('shows nothing of what is inside', () => {
    for (const part of SEALED.split('.')) {
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toContain('ana');
    }
  });

  it.each<[string, () => Promise<string> | string, string]>([
    [
      'that is for something else',
      () => seal(SEALS.session, CONTENT, NOW, 60),
      'DECRYPTION_FAILED',
    ],
    ['without an end', () => otherwise({ alg: 'dir', enc: 'A256GCM' }, CONTENT), 'ERR_JWT_CLAIM'],
    ['with other content', () => seal(SEALS.link, { sub: 'ana' }, NOW, 60), 'another shape'],
    [
      'with a key that it brings along',
      () => otherwise({ alg: 'A256KW', enc: 'A256GCM' }, CONTENT),
      'ERR_JOSE_ALG_NOT_ALLOWED',
    ],
    ['that is a signed token', () => 'eyJhbGciOiJub25lIn0.e30.', 'ERR_JWE_INVALID'],
    ['that is none', () => 'x', 'ERR_JWE_INVALID'],
  ])('does not open one %s', async (_, make, reason) => {
    const opened = await open(SEALS.link, await make(), Content, NOW);
    expect(opened).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
