// Generated lakes: a few customers, up to forty sessions, everything that can be close together close
// together: instants equal, 24 hours and a microsecond apart, at midnights and changes of the clocks.

import * as fc from 'fast-check';
import type { Instant, Lake, Message, Session } from '../reference/records.ts';
import { SCENES } from './scenes.ts';
import { guideName, sharedText, summary, text } from './texts.ts';

const MINUTE = 60_000_000n;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

const MAX_SESSIONS = 40;

/** So long after the scene's instant (0) or that of an earlier session (1 for the first). */
interface Placed {
  readonly after: number;
  readonly by: bigint;
}

const shortTime = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, DAY - 1n, DAY, DAY + 1n, -DAY),
  fc.constantFrom(179_999n, 180_000n, 499_999n, 500_000n, 999_999n), // halves, rounded nowhere
  fc.integer({ min: -96, max: 96 }).map((quarters) => BigInt(quarters) * 15n * MINUTE),
  fc.bigInt({ min: -3n * DAY, max: 3n * DAY }),
);

function placedBy(time: fc.Arbitrary<bigint>): fc.Arbitrary<Placed> {
  return fc.record({ after: fc.nat(MAX_SESSIONS), by: time });
}

const idCharacter = fc.constantFrom('a', 'A', '0', '-', '_', 'z');
const id = fc.string({ unit: idCharacter, minLength: 1, maxLength: 4 });
const flag = fc.constantFrom(true, false, null);
const CUSTOMERS = ['c1', 'C1', '-c2', '_c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9'] as const;

const sessionFields = {
  sessionId: id,
  customerId: fc.constantFrom(...CUSTOMERS, null),
  conversationId: fc.option(id),
  channel: fc.constantFrom('CHAT', 'EMAIL', 'SMS', 'VOICE', null),
  gladlyAgent: sharedText('Main Guides', 'main guides', '=Main', '\u00c9migr\u00e9', ''),
  guidesUsed: fc.option(fc.uniqueArray(guideName, { maxLength: 3 })),
  wasRespondedTo: flag,
  wasHandedOff: flag,
  wasResolved: fc.constantFrom(true, true, false, null),
  handoffCategory: sharedText('handoff_manual', 'handoff_qc', '-', ''),
  handoffSubcategory: sharedText('legal threat', 'Legal threat', ''),
  sessionSummary: fc.option(summary),
  handoffReason: fc.option(text, { freq: 2 }),
  transferRationale: fc.option(text),
};

const session = fc.record({
  ...sessionFields,
  created: placedBy(shortTime),
  /** Of the same customer as the session that it is placed after. */
  isFollowUp: fc.boolean(),
  ended: fc.option(shortTime),
  updated: fc.option(shortTime),
});

const message = fc.record({
  session: fc.nat(MAX_SESSIONS),
  messageId: id,
  sent: fc.option(shortTime, { freq: 8 }),
  author: fc.constantFrom('CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM', null),
  text: fc.option(text, { freq: 8 }),
});

/** Flat, as in a lake. */
const MERGES = [
  { fromCustomerId: 'c5', toCustomerId: 'c1' },
  { fromCustomerId: '_c3', toCustomerId: 'c1' },
  { fromCustomerId: 'C1', toCustomerId: 'unseen' },
];

const ingredients = fc.record({
  scene: fc.constantFrom(...SCENES),
  sessions: fc.uniqueArray(session, {
    maxLength: MAX_SESSIONS,
    size: 'max',
    selector: ({ sessionId }) => sessionId,
  }),
  messages: fc.uniqueArray(message, { maxLength: 20, selector: ({ messageId }) => messageId }),
  merges: fc.subarray(MERGES),
  weekStart: fc.constantFrom('monday' as const, 'sunday' as const),
  conversationLink: fc.constantFrom(
    'https://acme.gladly.com/conversations/{conversationId}',
    'https://acme.us-1.gladly.com/?id={conversationId}&a="b",c',
  ),
  dataThrough: fc.oneof(
    fc.constant(null),
    placedBy(fc.constantFrom(DAY, DAY - 1n)), // the 24 hours of a session are just over, or nearly
    placedBy(fc.oneof(shortTime, fc.constant(30n * DAY))),
  ),
});

type Ingredients = typeof ingredients extends fc.Arbitrary<infer Value> ? Value : never;

/** A lake, and the instant that its sessions crowd around. */
export interface SetLake {
  readonly scene: Instant;
  readonly lake: Lake;
}

export const lakes: fc.Arbitrary<SetLake> = ingredients.map(mixed);

function later(instant: Instant, by: bigint | null): Instant | null {
  return by === null ? null : instant + by;
}

function mixed({ scene, ...lake }: Ingredients): SetLake {
  const sessions: Session[] = [];
  const sessionBefore = ({ after }: Placed) => sessions[(after % (sessions.length + 1)) - 1];
  const place = (placed: Placed) => (sessionBefore(placed)?.createdAt ?? scene.instant) + placed.by;

  for (const { created, isFollowUp, ended, updated, ...fields } of lake.sessions) {
    const before = isFollowUp ? sessionBefore(created) : undefined;
    const createdAt = place(created);
    sessions.push({
      ...fields,
      customerId: before === undefined ? fields.customerId : before.customerId,
      createdAt,
      endedAt: later(createdAt, ended),
      updatedAt: later(createdAt, updated),
    });
  }

  const messages = lake.messages.flatMap(({ session: index, sent, ...fields }): Message[] => {
    const owner = sessions[index % Math.max(sessions.length, 1)];
    if (owner === undefined) return [];
    return [{ ...fields, sessionId: owner.sessionId, sentAt: later(owner.createdAt, sent) }];
  });

  return {
    scene: scene.instant,
    lake: {
      sessions,
      messages,
      merges: lake.merges,
      settings: {
        timezone: scene.timezone,
        weekStart: lake.weekStart,
        conversationLink: lake.conversationLink,
      },
      dataThrough: lake.dataThrough && place(lake.dataThrough),
    },
  };
}
