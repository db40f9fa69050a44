// The Message History of a session (SPEC 3.1), as lines or as JSON.

import { isoTime, localTime } from './localTime.ts';
import type { Message } from './records.ts';

const SPEAKERS: Readonly<Record<string, string>> = {
  CUSTOMER: 'Customer',
  GLADLY_AI: 'Gladly AI',
};

const SEPARATORS = ['\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029'];
const LINE_BREAK = new RegExp(['\r\n', '\n', '\r', '\v', '\f', ...SEPARATORS].join('|'), 'g');

function bySentAt(one: Message, other: Message): number {
  if (one.sentAt !== other.sentAt) {
    if (one.sentAt === null) return 1;
    if (other.sentAt === null) return -1;
    return one.sentAt < other.sentAt ? -1 : 1;
  }
  return Buffer.compare(Buffer.from(one.messageId), Buffer.from(other.messageId));
}

/** What the customer and Gladly AI said in the session, first to last. */
function spoken(messages: readonly Message[], sessionId: string): Message[] {
  return messages
    .filter((message) => message.sessionId === sessionId && speakerOf(message) !== undefined)
    .toSorted(bySentAt);
}

function speakerOf({ author }: Message): string | undefined {
  return author === null ? undefined : SPEAKERS[author];
}

export function historyAsText(
  messages: readonly Message[],
  sessionId: string,
  timezone: string,
): string {
  const lines = spoken(messages, sessionId).map((message) => {
    const sent = message.sentAt === null ? '' : localTime(message.sentAt, timezone);
    const text = (message.text ?? '').replace(LINE_BREAK, '\n  ');
    return `[${sent}] ${speakerOf(message)}: ${text}`;
  });
  return lines.join('\n');
}

export function historyAsJson(
  messages: readonly Message[],
  sessionId: string,
  timezone: string,
): string {
  const objects = spoken(messages, sessionId).map((message) => ({
    sentAt: message.sentAt === null ? null : isoTime(message.sentAt, timezone),
    author: message.author,
    text: message.text,
  }));
  return objects.length === 0 ? '' : upperCaseEscapes(JSON.stringify(objects));
}

/** `\u001F`, as DuckDB spells the control characters that JSON has no shorter name for. */
function upperCaseEscapes(json: string): string {
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/g, (escape, hex?: string) =>
    hex === undefined ? escape : `\\u${hex.toUpperCase()}`,
  );
}
