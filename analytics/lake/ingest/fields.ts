// The fields of the records that come as JSON Lines, and what a cell of a CSV file says where they
// come as one (SPEC 7). The readers in SQL check what they must be.

export type Cell = 'text' | 'flag' | 'names';

const FIELDS = {
  sessions: {
    sessionId: 'text',
    customerId: 'text',
    conversationId: 'text',
    channel: 'text',
    gladlyAgent: 'text',
    guidesUsed: 'names',
    createdAt: 'text',
    endedAt: 'text',
    wasRespondedTo: 'flag',
    wasHandedOff: 'flag',
    wasResolved: 'flag',
    handoffCategory: 'text',
    handoffSubcategory: 'text',
    sessionSummary: 'text',
    handoffReason: 'text',
    transferRationale: 'text',
    updatedAt: 'text',
  },
  messages: { sessionId: 'text', messageId: 'text', sentAt: 'text', author: 'text', text: 'text' },
  merges: { fromCustomerId: 'text', toCustomerId: 'text' },
} as const satisfies Record<string, Readonly<Record<string, Cell>>>;

export type RecordKind = keyof typeof FIELDS;

/** Name and cell of each field, in order. */
export function fieldsOf(kind: RecordKind): (readonly [name: string, cell: Cell])[] {
  return Object.entries(FIELDS[kind]);
}
