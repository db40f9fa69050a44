// What the analytics service tells the edge about the caller's organisation.

import * as v from 'valibot';
import { TimeZone, WEEK_STARTS } from './parameters.ts';

export const OrganisationProfile = v.object({
  organisation: v.string(),
  /** What people call it. */
  name: v.string(),
  timezone: TimeZone,
  weekStart: v.picklist(WEEK_STARTS),
  /** Who may run reports with messages (SPEC 5). */
  messagesRoles: v.array(v.string()),
  /** Every session created before this instant is in the lake (SPEC 2); absent for an empty one. */
  dataThrough: v.nullish(v.pipe(v.string(), v.isoTimestamp())),
});

export type OrganisationProfile = v.InferOutput<typeof OrganisationProfile>;
