// How far the organisation's data reach, in words and in its own zone.

import { html } from 'hono/html';
import type { OrganisationProfile } from '../../sql/contract/organisationProfile.ts';

export function dataThrough({ dataThrough: instant, timezone }: OrganisationProfile) {
  if (instant == null) return 'There is no data yet.';
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    dateStyle: 'long',
    timeStyle: 'short',
  });
  const local = format.format(new Date(instant));
  return html`Data through <time datetime="${instant}">${local}</time> (${timezone}).`;
}
