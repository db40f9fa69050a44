// What an audit line says (SPEC 5): who did what, from where, with what end. Never message text, a
// token or a secret; what is refused as invalid is unchecked text, and none of it is kept.

import * as v from 'valibot';
import { Client } from '../../sql/contract/assertion.ts';

/** How it ended; a line that begins something has none yet. */
export const ENDS = ['complete', 'cancelled', 'failed', 'refused'] as const;

const Known = v.object({
  event: v.picklist(['run', 'download', 'preview', 'audit', 'forget', 'refusal', 'repair']),
  organisation: v.string(),
  subject: v.string(),
  roles: v.array(v.string()),
  client: v.exactOptional(Client),
  /** The request's id, the same on both services and in their logs. */
  request: v.exactOptional(v.string()),
  report: v.exactOptional(v.string()),
  /** With nothing left open, where the organisation's defaults were known. */
  parameters: v.exactOptional(v.record(v.string(), v.unknown())),
  withMessages: v.exactOptional(v.boolean()),
  /** The Run's id. */
  run: v.exactOptional(v.string()),
});

const Outcome = v.object({
  end: v.picklist(ENDS),
  /** Of the HTTP answer. */
  status: v.exactOptional(v.number()),
  /** The kind of the problem that answered. */
  problem: v.exactOptional(v.string()),
  /** Of the whole file, as far as it was made. */
  rows: v.exactOptional(v.number()),
  /** Handed over to the caller; of a Run without a download, those of its file. */
  bytes: v.exactOptional(v.number()),
  /** Content-Range, when only a part was handed over. */
  range: v.exactOptional(v.string()),
});

const Numbered = v.object({
  number: v.number(),
  time: v.string(),
  /** Of the event: the same on the line that begins it and the one that ends it. */
  id: v.string(),
});

/** A whole event, the beginning of one, or the end of one that has begun. */
export const Line = v.union([
  v.object({ ...Numbered.entries, ...Known.entries, ...Outcome.entries }),
  v.object({ ...Numbered.entries, ...Known.entries }),
  v.object({ ...Numbered.entries, ...Outcome.entries }),
]);

export type AuditEvent = v.InferOutput<typeof Known>;
export type AuditOutcome = v.InferOutput<typeof Outcome>;
