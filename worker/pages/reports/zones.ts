// The time zones that the form offers, under the names that they have today: V8 lists some under names
// that the IANA database has given up, which nobody in Kolkata would look for.

import * as v from 'valibot';
import type { OrganisationProfile } from '../../../sql/contract/organisationProfile.ts';
import { TimeZone } from '../../../sql/contract/parameters.ts';

/** All that `zone.tab` of IANA's 2025b names and V8 names otherwise. */
const NAMES_TODAY: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** The organisation's own first, then what a link may have brought: only what is listed can be sent. */
export function zones({ timezone }: OrganisationProfile, chosen: string | null): string[] {
  const all = Intl.supportedValuesOf('timeZone').map((name) => NAMES_TODAY[name] ?? name);
  const brought = v.is(TimeZone, chosen) ? [chosen] : [];
  return [...new Set([timezone, ...brought, 'UTC', ...all.toSorted()])];
}
