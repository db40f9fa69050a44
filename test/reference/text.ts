// Free text (SPEC 3.1, 3.7): the formula guard, the list of guides, and the handoff reason that a
// summary holds.

import type { Session } from './records.ts';

/** `=`, `+`, `-`, `@`, and the full-width form of each. */
const FORMULA_LEADS = ['=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20'];
const SPACES = [' ', '\t', '\n', '\v', '\f', '\r'];

/** The text with a leading `'` if a spreadsheet might take it for a formula. */
export function guarded(text: string): string {
  if (text.startsWith('\t') || text.startsWith('\r')) return `'${text}`;
  let first = 0;
  while (SPACES.includes(text.charAt(first))) first += 1;
  return FORMULA_LEADS.includes(text.charAt(first)) ? `'${text}` : text;
}

/** The names in one cell, so that they can be taken apart again. */
export function guideList(names: readonly string[]): string {
  const quoted = names.map((name) =>
    name.includes(',') || name.includes('"') ? `"${name.replaceAll('"', '""')}"` : name,
  );
  return quoted.join(', ');
}

/** The recorded reason, else the one in the summary, else empty. */
export function handoffReasonOf({ handoffReason, sessionSummary }: Session): string {
  if (handoffReason) return handoffReason;
  if (!sessionSummary) return '';
  return reasonInObject(sessionSummary) ?? reasonBehindLabel(sessionSummary) ?? '';
}

function reasonInObject(summary: string): string | undefined {
  const value = parseJson(summary);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { handoffReason, handoff_reason } = value as Record<string, unknown>;
  return [handoffReason, handoff_reason].map(asText).find((reason) => reason !== '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON
  }
}

/** A value that is not text, as JSON writes it. */
function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const LABEL = 'handoff reason:';
const BLANK_LINE = /^[ \t\r]*$/;

function reasonBehindLabel(summary: string): string | undefined {
  const lines = summary.split('\n');
  const labelled = lines.findIndex((line) => line.toLowerCase().startsWith(LABEL));
  if (labelled < 0) return undefined;
  const text = lines.slice(labelled);
  text[0] = text[0]?.slice(LABEL.length) ?? '';
  const blank = text.findIndex((line, index) => index > 0 && BLANK_LINE.test(line));
  return text
    .slice(0, blank < 0 ? undefined : blank)
    .join('\n')
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
}
