// What became of finding out who calls: a caller, or one of the failures, each with its problem.
// The operator's log gets the reason; the caller gets a sentence that gives nothing away.

import type { Problem } from '../../sql/contract/problem.ts';
import type { Caller } from '../../sql/contract/roles.ts';

export type AuthenticationFailure =
  /** No credentials, or a browser's session that is over: nothing that the caller has sent on purpose. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** Credentials that are not good. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** Nobody can say now whether the credentials are good. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export type Authentication =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | AuthenticationFailure;

/** The problem that answers a failure. */
export function problemOf(failure: AuthenticationFailure): Problem {
  switch (failure.kind) {
    case 'missing':
      return {
        kind: 'unauthenticated',
        detail: 'Cannot tell who you are: sign in, or send credentials in the Authorization header',
      };
    case 'invalid':
      return {
        kind: 'unauthenticated',
        detail: 'Cannot accept your credentials: get new ones and try again',
      };
    case 'unavailable':
      return { kind: 'identity-unavailable' };
  }
}
