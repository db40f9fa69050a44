// What the reference is given: the records of one organisation's lake (SPEC 2), instants in
// microseconds since 1970. Knows no file and no JSON.

import type { WeekStart } from '../../sql/contract/parameters.ts';

/** Microseconds since 1970-01-01T00:00:00Z. */
export type Instant = bigint;

export interface Session {
  readonly sessionId: string;
  readonly customerId: string | null;
  readonly conversationId: string | null;
  readonly channel: string | null;
  readonly gladlyAgent: string | null;
  readonly guidesUsed: readonly string[] | null;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  readonly wasRespondedTo: boolean | null;
  readonly wasHandedOff: boolean | null;
  readonly wasResolved: boolean | null;
  readonly handoffCategory: string | null;
  readonly handoffSubcategory: string | null;
  readonly sessionSummary: string | null;
  readonly handoffReason: string | null;
  readonly transferRationale: string | null;
  readonly updatedAt: Instant | null;
}

export interface Message {
  readonly sessionId: string;
  readonly messageId: string;
  readonly sentAt: Instant | null;
  readonly author: string | null;
  readonly text: string | null;
}

export interface Merge {
  readonly fromCustomerId: string;
  readonly toCustomerId: string;
}

export interface Settings {
  readonly timezone: string;
  readonly weekStart: WeekStart;
  /** Holds `{conversationId}` once. */
  readonly conversationLink: string;
}

export interface Lake {
  readonly sessions: readonly Session[];
  readonly messages: readonly Message[];
  readonly merges: readonly Merge[];
  readonly settings: Settings;
  /** Null when lake.json does not say. */
  readonly dataThrough: Instant | null;
}
