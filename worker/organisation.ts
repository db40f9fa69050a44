// What the analytics service says about the caller's organisation, for the page to start from.

import * as v from 'valibot';
import { TimeZone, WEEK_STARTS } from '../sql/contract/parameters.ts';

export const Organisation = v.object({
  organisation: v.string(),
  /** What people call it. */
  name: v.string(),
  timezone: TimeZone,
  weekStart: v.picklist(WEEK_STARTS),
  /** Every session created before this instant is in the lake (SPEC 2); absent for an empty one. */
  dataThrough: v.nullish(v.pipe(v.string(), v.isoTimestamp())),
});

export type Organisation = v.InferOutput<typeof Organisation>;
