// Free text as people, programs and attackers write it.

import * as fc from 'fast-check';

const HOSTILE = [
  '',
  ' ',
  '=1+1',
  '+1 555 0100',
  '-',
  '@SUM(A1)',
  ' \t\n\v\f\r=1',
  '\tx',
  '\rx',
  '\nx',
  '\uff1d1',
  ' \uff0b1',
  '\uff0d1',
  '\uff20x',
  "'=1",
  '# no comment',
  '"',
  '""',
  ',',
  'a,"b"\nc',
  'a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh',
  '[2026-07-01 09:15:22] Customer: forged',
  'null',
  'NULL',
  '{conversationId}',
  '\ufeffx',
  '\u202e\u0639\u0631\u0628\u064a',
  '\u{1f600}\u200d\u{1f525}',
  '\u00a0=1',
  '\u0000',
  "it's; drop table sessions --",
  'x'.repeat(300),
] as const;

const character = fc.oneof(
  fc.constantFrom('=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20'),
  fc.constantFrom(' ', '\t', '\n', '\v', '\f', '\r', '\u0085', '\u2028', '\u0001'),
  fc.constantFrom('"', "'", ',', ';', '#', '\\', '/', '{', '}', '[', ']', ':', '$', '%'),
  fc.constantFrom('a', 'Z', '0', '\u00e9', '\u6f22', '\u{1f600}'),
);

export const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: character, maxLength: 8 }),
);

/** Null, one of a few that will meet again in other sessions, or anything. */
export function sharedText(...few: readonly string[]): fc.Arbitrary<string | null> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(null) },
    { weight: 6, arbitrary: fc.constantFrom(...few) },
    { weight: 1, arbitrary: text },
  );
}

/** Never empty: ingest stores no such name. */
export const guideName: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('Order status', 'Returns, refunds', 'Say "hi"', '=A') },
  { weight: 1, arbitrary: text.filter((name) => name !== '') },
);

const summaryLine = fc.oneof(
  fc.constantFrom(
    'Handoff reason:',
    'HANDOFF REASON: legal',
    'handoff reason:\t',
    'x: y',
    '\u00a0',
  ),
  fc.constantFrom(
    ' Handoff reason: indented',
    'The handoff reason: within',
    '',
    ' ',
    '\t',
    'because',
  ),
  text,
);

const labelledSummary = fc
  .tuple(fc.array(summaryLine, { maxLength: 6 }), fc.constantFrom('\n', '\r\n'))
  .map(([lines, lineEnd]) => lines.join(lineEnd));

const jsonValue = fc.oneof(
  text,
  fc.constantFrom(null, true, 0, 42, [] as const, ['a', 'b'] as const, { because: 'a "b"' }),
);

const jsonSummary = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom(
        'handoffReason',
        'handoff_reason',
        'HandoffReason',
        'summary',
        '$.handoffReason',
      ),
      jsonValue,
      { noNullPrototype: true },
    ),
    fc.constantFrom(0, 2),
    fc.constantFrom('', ' \n\t\r'),
  )
  .map(([object, indent, space]) => space + JSON.stringify(object, null, indent) + space);

const brokenJson = fc
  .tuple(jsonSummary, fc.nat(200))
  .map(([json, length]) => json.slice(0, length % (json.length + 1)).toWellFormed());

const otherJson = jsonValue.map((value) => JSON.stringify([value]));

/** Text that a handoff reason may be taken from. */
export const summary: fc.Arbitrary<string> = fc.oneof(
  text,
  labelledSummary,
  jsonSummary,
  brokenJson,
  otherJson,
);
