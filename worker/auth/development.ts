// The development identity: who callers without credentials are on a developer's own machine. Exists
// only while the operator has set it; from the request it reads the host name and nothing else.

import type { Caller } from '../../sql/contract/roles.ts';
import { isLoopback } from '../loopback.ts';
import type { Settings } from '../settings.ts';

/** The host name keeps other sites out that resolve their name to this machine (DNS rebinding). */
export function developmentIdentity(requestUrl: string, settings: Settings): Caller | undefined {
  return isLoopback(new URL(requestUrl).hostname) ? settings.developmentIdentity : undefined;
}
