// Ed25519 keys as JWKs, told apart by `kid`: the private half signs, the public halves verify. A set
// holds two while keys are rotated. Imports no key and knows no token.

import * as v from 'valibot';

const PUBLIC_MEMBERS = {
  kty: v.literal('OKP'),
  crv: v.literal('Ed25519'),
  x: v.string(),
  kid: v.pipe(v.string(), v.minLength(1)),
};

export const PrivateSigningKey = v.object({ ...PUBLIC_MEMBERS, d: v.string() });

export const PublicSigningKeys = v.object({
  keys: v.pipe(v.array(v.object(PUBLIC_MEMBERS)), v.minLength(1)),
});
