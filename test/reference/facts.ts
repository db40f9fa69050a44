// What the lake says about each session that a Run asks for (SPEC 3.2 to 3.4): its local date, its
// outcome, the session that followed. Looks at every pair of sessions, with no thought of speed.

import type { OUTCOMES } from '../../sql/contract/parameters.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { localDate } from './localTime.ts';
import type { Instant, Lake, Session } from './records.ts';

export const MICROSECONDS_PER_HOUR = 3_600_000_000n;
const MICROSECONDS_PER_DAY = 24n * MICROSECONDS_PER_HOUR;

export type Outcome = (typeof OUTCOMES)[number];

/** Empty where the session is not resolved. */
export type RecontactStatus = '' | 'unknown' | 'recontacted' | 'not_recontacted' | 'pending';

export interface Facts {
  readonly session: Session;
  /** The local date of its creation. */
  readonly date: string;
  readonly outcome: Outcome;
  readonly recontact: RecontactStatus;
  /** The same customer's next session, within 24 hours. */
  readonly next: Session | undefined;
}

/** By UTF-8 bytes. */
export function compareText(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function compareSessions(one: Session, other: Session): number {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt ? -1 : 1;
  return compareText(one.sessionId, other.sessionId);
}

/** The sessions in the Run's range that pass its filters, in the order of the reports. */
export function factsOf(lake: Lake, { parameters }: ResolvedRun): Facts[] {
  return lake.sessions
    .toSorted(compareSessions)
    .map((session) => factsOfSession(lake, session, parameters.timezone))
    .filter(({ date }) => date >= parameters.from && date <= parameters.to)
    .filter((facts) => passes(facts, parameters));
}

function factsOfSession(lake: Lake, session: Session, timezone: string): Facts {
  const next = nextSession(lake, session);
  return {
    session,
    date: localDate(session.createdAt, timezone),
    outcome: outcomeOf(session),
    recontact: recontactOf(lake, session, next),
    next,
  };
}

function outcomeOf(session: Session): Outcome {
  const ended = session.endedAt !== null;
  const { wasRespondedTo, wasHandedOff, wasResolved } = session;
  if (!wasRespondedTo && (wasHandedOff || ended)) return 'no_response';
  if (wasHandedOff) return 'handed_off';
  if (wasResolved) return 'resolved';
  return ended ? 'unresolved' : 'in_progress';
}

function customerOf(lake: Lake, session: Session): string | null {
  const merge = lake.merges.find((each) => each.fromCustomerId === session.customerId);
  return merge ? merge.toCustomerId : session.customerId;
}

function nextSession(lake: Lake, session: Session): Session | undefined {
  const customer = customerOf(lake, session);
  if (customer === null) return undefined;
  const later = lake.sessions.filter(
    (other) =>
      customerOf(lake, other) === customer &&
      other.createdAt > session.createdAt &&
      other.createdAt <= session.createdAt + MICROSECONDS_PER_DAY,
  );
  return later.toSorted(compareSessions)[0];
}

function dataThroughOf(lake: Lake): Instant {
  if (lake.dataThrough !== null) return lake.dataThrough;
  return lake.sessions.map((each) => each.createdAt).reduce((a, b) => (a > b ? a : b), 0n);
}

function recontactOf(lake: Lake, session: Session, next: Session | undefined): RecontactStatus {
  if (session.wasResolved !== true) return '';
  if (session.customerId === null) return 'unknown';
  if (next !== undefined) return 'recontacted';
  const over = dataThroughOf(lake) >= session.createdAt + MICROSECONDS_PER_DAY;
  return over ? 'not_recontacted' : 'pending';
}

const STATUS_ASKED_FOR = {
  true: 'recontacted',
  false: 'not_recontacted',
  pending: 'pending',
} as const;

/** A filter that is not there passes everything; one that is there, no value that is not known. */
function isAskedFor(value: string | null, wanted: readonly string[] | undefined): boolean {
  return wanted === undefined || (value !== null && wanted.includes(value));
}

function passes(
  { session, outcome, recontact }: Facts,
  parameters: ResolvedRun['parameters'],
): boolean {
  const { guide, recontacted } = parameters;
  const guides = session.guidesUsed ?? [];
  return (
    isAskedFor(session.channel, parameters.channel) &&
    isAskedFor(session.gladlyAgent, parameters.agent) &&
    (guide === undefined || guides.some((each) => guide.includes(each))) &&
    isAskedFor(outcome, parameters.outcome) &&
    isAskedFor(session.handoffCategory, parameters.handoffCategory) &&
    isAskedFor(session.handoffSubcategory, parameters.handoffSubcategory) &&
    isAskedFor(session.customerId, parameters.customerId) &&
    isAskedFor(session.conversationId, parameters.conversationId) &&
    isAskedFor(session.sessionId, parameters.sessionId) &&
    (recontacted === undefined || recontact === STATUS_ASKED_FOR[recontacted])
  );
}
