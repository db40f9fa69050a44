// Requests to the analytics service, asserted as the edge does it.

import { type Client, requestHash } from '../../../sql/contract/assertion.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import { signAssertion } from '../../../worker/assertion.ts';
import { readSettings, type SigningKey } from '../../../worker/settings.ts';

export const ANALYST: Caller = {
  subject: 'ana@acme.example',
  organisation: 'acme',
  roles: ['analyst'],
};

/** The edge's ASSERTION_PRIVATE_KEY, imported as the edge does it. */
export async function importSigningKey(privateKey: string): Promise<SigningKey> {
  const variables = { ANALYTICS_URL: 'http://localhost', ASSERTION_PRIVATE_KEY: privateKey };
  const read = await readSettings(variables);
  if (!read.ok) throw new Error(read.reason);
  return read.settings.signingKey;
}

/** The headers of a request that the caller is permitted to send. */
export async function asserted(
  key: SigningKey,
  [method, path, body]: readonly [method: string, path: string, body: string],
  caller: Caller = ANALYST,
  now: Date = new Date(),
  client: Client = {},
): Promise<Record<string, string>> {
  const request = await requestHash(method, path, body);
  return { Authorization: `Bearer ${await signAssertion({ caller, client, request }, key, now)}` };
}
