// An organisation whose agents, guides and reasons have names that are hard to show: very long ones, without
// a space to break at, from right to left, of several lines.

import type { LakeContents, LakeRecord } from '../../unit/support/writeLake.ts';

const LONG =
  'Everything about orders, returns, refunds and gift cards for customers of the outlet '.repeat(2);
const UNBROKEN = 'RefundsAndExchangesForInternationalCustomers'.repeat(4);
const RIGHT_TO_LEFT = 'مرتجع واستبدال (النسخة 2)';
const MIXED = 'שירות לקוחות / Service, 24/7';
const MARKUP = '<b>Bold</b> & "quoted"';

export const HARD_NAMES = [LONG.trim(), UNBROKEN, RIGHT_TO_LEFT, MIXED, MARKUP];

const DAYS = 61;

function session(index: number): LakeRecord {
  const name = HARD_NAMES[index % HARD_NAMES.length];
  const createdAt = new Date(Date.UTC(2026, 5, 1 + (index % DAYS), 9)).toISOString();
  const isHandedOff = index % 3 === 0;
  return {
    sessionId: `session-${index}`,
    customerId: `customer-${index % 150}`,
    channel: 'CHAT',
    gladlyAgent: name,
    guidesUsed: [name],
    createdAt,
    endedAt: createdAt,
    wasRespondedTo: true,
    wasHandedOff: isHandedOff,
    wasResolved: !isHandedOff && index % 7 !== 0,
    ...(isHandedOff ? { handoffCategory: 'handoff_manual', handoffSubcategory: name } : {}),
  };
}

export function hardNames(dataDir: string, organisation: string): LakeContents {
  return {
    dataDir,
    organisation,
    sessions: Array.from({ length: 300 }, (_, index) => session(index)),
    settings: { name: RIGHT_TO_LEFT, timezone: 'UTC' },
    state: { schemaVersion: 1, dataThrough: '2026-08-01T00:00:00Z' },
  };
}
