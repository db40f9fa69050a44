// Callers' tokens as an issuer would make them, and the edge's variables that fit them.

import { type JWTPayload, SignJWT } from 'jose';

const SECRET = 'a secret of these tests, of more than 32 bytes';
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'ai-sessions';

export const TOKEN_VARIABLES = {
  JWT_SECRET: SECRET,
  JWT_ISSUER: ISSUER,
  JWT_AUDIENCE: AUDIENCE,
};

/** The claims of a good token of Acme's analyst Ana. */
export function claims(): JWTPayload {
  const exp = Math.floor(Date.now() / 1000) + 600;
  const caller = { sub: 'ana@acme.example', org: 'acme', roles: ['analyst'] };
  return { iss: ISSUER, aud: AUDIENCE, exp, ...caller };
}

/** The good one, signed, with some claims changed. */
export function token(changes: JWTPayload = {}): Promise<string> {
  return new SignJWT({ ...claims(), ...changes })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));
}

export async function bearer(changes: JWTPayload = {}): Promise<Record<string, string>> {
  return { Authorization: `Bearer ${await token(changes)}` };
}
