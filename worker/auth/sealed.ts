// What the edge gives out to have it back: encrypted so that nobody reads it, authenticated so that
// nobody changes it, and good for a time (RFC 7516, A256GCM). Knows nothing of what is inside.

import { type CryptoKey, EncryptJWT, errors, type JWTPayload, jwtDecrypt } from 'jose';
import * as v from 'valibot';

/** The use of a seal; each has a key of its own, so that one never passes for another. */
type Purpose = 'session' | 'sign-in' | 'link';

export type Seals = Readonly<Record<Purpose, CryptoKey>>;

/** Derives the keys from one secret (HKDF, RFC 5869). */
export async function makeSeals(secret: string): Promise<Seals> {
  const bytes = new TextEncoder().encode(secret);
  const master = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
  const keyFor = (purpose: Purpose) => {
    const info = new TextEncoder().encode(`ai-sessions ${purpose}`);
    return crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info },
      master,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    );
  };
  return {
    session: await keyFor('session'),
    'sign-in': await keyFor('sign-in'),
    link: await keyFor('link'),
  };
}

/** A text of URL-safe characters. */
export function seal(
  key: CryptoKey,
  content: JWTPayload,
  now: Date,
  lifetimeSeconds: number,
): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new EncryptJWT(content)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetimeSeconds)
    .encrypt(key);
}

type Opened<Content> =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly reason: string };

/** What is inside, while it is good. */
export async function open<Content>(
  key: CryptoKey,
  sealed: string,
  schema: v.GenericSchema<unknown, Content>,
  now: Date,
): Promise<Opened<Content>> {
  try {
    const { payload } = await jwtDecrypt(sealed, key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
      requiredClaims: ['exp'],
      currentDate: now,
    });
    const parsed = v.safeParse(schema, payload);
    return parsed.success
      ? { ok: true, content: parsed.output }
      : { ok: false, reason: 'content of another shape' };
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return { ok: false, reason: error.code };
  }
}
