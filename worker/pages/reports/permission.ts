// What a caller may run, in the words of the page. Decided anew, and for good, by the analytics service.

import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { type Caller, hasRole } from '../../../sql/contract/roles.ts';

const ROLE_WORDS: Readonly<Record<string, string>> = {
  administrator: 'administrators',
  team_manager: 'team managers',
  analyst: 'analysts',
};

export function mayReadMessages(caller: Caller, { messagesRoles }: OrganisationProfile): boolean {
  return hasRole(caller, messagesRoles);
}

const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** `administrators and team managers`. */
export function rolesInWords(roles: readonly string[]): string {
  return LIST.format(roles.map((role) => ROLE_WORDS[role] ?? role));
}
