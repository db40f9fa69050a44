// A fresh key pair for the signed hop between edge and analytics, for one start on this machine.

import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { ASSERTION_ALGORITHM } from '../../sql/contract/assertion.ts';

export interface SigningKeys {
  /** For the edge's ASSERTION_PRIVATE_KEY. */
  readonly privateKey: string;
  /** For the analytics service's ASSERTION_PUBLIC_KEYS. */
  readonly publicKeys: JSONWebKeySet;
}

export async function makeSigningKeys(): Promise<SigningKeys> {
  const kid = randomUUID();
  const pair = await generateKeyPair(ASSERTION_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const privateKey = { ...(await exportJWK(pair.privateKey)), kid };
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid };
  return { privateKey: JSON.stringify(privateKey), publicKeys: { keys: [publicKey] } };
}
