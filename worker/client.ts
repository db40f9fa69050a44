// Where a request comes from, for the audit. Decides nothing: addresses are shared, user agents invented.

import type { Client } from '../sql/contract/assertion.ts';

/** As the runtime tells it: from what the caller sends nothing of the kind is believed. */
export type AddressOf = (request: Request) => string | undefined;

const MAX_USER_AGENT_CHARACTERS = 500;

export function clientOf(request: Request, address: string | undefined): Client {
  const userAgent = request.headers.get('User-Agent')?.slice(0, MAX_USER_AGENT_CHARACTERS);
  return {
    ...(address === undefined ? {} : { address }),
    ...(userAgent === undefined ? {} : { userAgent }),
  };
}
