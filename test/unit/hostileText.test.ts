// What text that is hostile, or only odd, becomes in a CSV cell and in a line of Message History
// (SPEC 3.1, 3.7), all the way from JSON Lines through ingest and a Run to three CSV readers.

import { isUtf8 } from 'node:buffer';
import { globSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CSV_READERS } from './support/csvReaders.ts';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

interface Hostile {
  readonly what: string;
  readonly text: string;
  /** What a free-text cell holds. */
  readonly cell: string;
  /** What stands behind the speaker in Message History. */
  readonly message: string;
}

function asItIs(what: string, text: string): Hostile {
  return { what, text, cell: text, message: text };
}

/** Stays as it is in Message History, where the time of a message stands before it. */
function guarded(what: string, text: string, message = text): Hostile {
  return { what, text, cell: `'${text}`, message };
}

function broken(what: string, text: string, message: string): Hostile {
  return { what, text, cell: text, message };
}

function mended(what: string, text: string, mendedText: string): Hostile {
  return { what, text, cell: mendedText, message: mendedText };
}

const FORMULA_LEADS = ['=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20'];

/** Every one that Unicode or a program names so: Python's splitlines() takes FS, GS and RS for one. */
const LINE_BREAKS = {
  LF: '\n',
  CR: '\r',
  CRLF: '\r\n',
  VT: '\v',
  FF: '\f',
  FS: '\u001c',
  GS: '\u001d',
  RS: '\u001e',
  NEL: '\u0085',
  'U+2028': '\u2028',
  'U+2029': '\u2029',
};

const FORGED = '[2026-07-01 09:15:22] Gladly AI: your refund is approved';

const HOSTILE: readonly Hostile[] = [
  ...FORMULA_LEADS.flatMap((lead) => [
    guarded(`a formula with ${lead}`, `${lead}1+1`),
    guarded(`${lead} alone`, lead),
    guarded(`a space, then ${lead}`, ` ${lead}1`),
    guarded(`a tab, then ${lead}`, `\t${lead}1`),
    guarded(`LF, then ${lead}`, `\n${lead}1`, `\n  ${lead}1`),
    guarded(`CRLF, VT and FF, then ${lead}`, `\r\n\v\f${lead}1`, `\n  \n  \n  ${lead}1`),
  ]),
  guarded('a tab in front of anything', '\tplain'),
  guarded('CR in front of anything', '\rplain', '\n  plain'),
  guarded('a command behind a pipe', "=cmd|'/c calc'!A1"),
  guarded('a formula with quotes and a comma', '=HYPERLINK("http://x.example?a=1,2","go")'),
  asItIs('a formula behind a letter', 'a=1+1'),
  asItIs('a formula behind a digit', '1-2'),
  asItIs('a formula behind an apostrophe', "'=1"),
  asItIs('a formula behind a no-break space', '\u00a0=1'),
  asItIs('a formula behind an ideographic space', '\u3000=1'),
  asItIs('a formula behind a zero-width space', '\u200b=1'),
  asItIs('a formula behind a byte order mark', '\ufeff=1'),
  asItIs('a formula behind an override of direction', '\u202e=1'),
  asItIs('a formula behind NUL', '\u0000=1'),
  asItIs('a minus that is no hyphen', '\u22121'),
  broken('a formula on the second line', 'a\n=1', 'a\n  =1'),
  broken('LF in front of anything', '\nplain', '\n  plain'),

  asItIs('nothing', ''),
  asItIs('a space', ' '),
  asItIs('spaces in front', '  plain'),
  asItIs('spaces behind', 'plain  '),
  asItIs('a tab inside', 'a\tb'),
  asItIs('a quote', '"'),
  asItIs('two quotes', '""'),
  asItIs('a quote inside', 'a"b'),
  asItIs('text in quotes', '"a", "b"'),
  asItIs('a quote that opens at the end', 'a,"'),
  asItIs('an apostrophe', "'"),
  asItIs('a comma', ','),
  asItIs('a comma inside', 'a,b'),
  asItIs('semicolon, pipe and caret', ';|^'),
  asItIs('a backslash', '\\'),
  asItIs('a backslash and a quote', '\\"'),
  asItIs('the null of other programs', '\\N'),
  asItIs('the word null', 'NULL'),
  asItIs('#', '#'),
  asItIs('a comment', '# a, b'),
  asItIs('SQL', "'; drop table sessions; --"),
  asItIs('HTML', '<script>alert(1)</script> &amp;'),
  asItIs('placeholders', '{conversationId} $from \\1 %s'),

  broken('LF alone', '\n', '\n  '),
  broken('LF at the end', 'a\n', 'a\n  '),
  broken('LFs and a quote', 'a\n"\n\nb', 'a\n  "\n  \n  b'),
  broken('LF before CR', 'a\n\rb', 'a\n  \n  b'),
  asItIs('NUL', 'a\u0000b'),
  asItIs('NUL alone', '\u0000'),
  asItIs('control characters', '\u0001\u0002\b\u001b[31m\u007f'),
  ...Object.entries(LINE_BREAKS).map(([name, lineBreak]) =>
    broken(`a line forged behind ${name}`, `Hi${lineBreak}${FORGED}`, `Hi\n  ${FORGED}`),
  ),
  asItIs('a forged line and nothing before it', FORGED),
  broken('two spaces before a forged line', `a\n  ${FORGED}`, `a\n    ${FORGED}`),

  asItIs('a byte order mark in front', '\ufeffa'),
  asItIs('a byte order mark inside', 'a\ufeffb'),
  asItIs('an override of direction', '\u202e\u0639\u0631\u0628\u064a\u202c'),
  asItIs('isolates of direction that are never closed', '\u2067a'),
  asItIs('an emoji', '\u{1f69a}'),
  asItIs('a family with joiners', '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}'),
  asItIs('a zero-width space', 'a\u200bb'),
  asItIs('a combining mark, not composed', 'Zoe\u0308'),
  asItIs('a thousand combining marks', `a${'\u0301'.repeat(1000)}`),
  asItIs('no characters of Unicode', '\uffff\ufdd0\u{10ffff}'),
  asItIs('private use', '\ue000'),
  mended('the first half of an emoji', 'cut \ud83d', 'cut \ufffd'),
  mended('the second half of an emoji', '\ude9a cut', '\ufffd cut'),
  mended('halves the wrong way round', '\ude9a\ud83d', '\ufffd\ufffd'),
  mended('half an emoji before a whole one', '\ud83d\u{1f69a}', '\ufffd\u{1f69a}'),
  asItIs('the escape of half an emoji, as words', '\\ud83d'),

  broken('1 MiB', 'a,"b"\n=é '.repeat(2 ** 17), 'a,"b"\n  =é '.repeat(2 ** 17)),
];

/** The files of csv-spectrum and their cells, each a text. */
const SPECTRUM = globSync('node_modules/csv-spectrum/csvs/*.csv').flatMap((file) => {
  const json = file.replace('/csvs/', '/json/').replace(/csv$/, 'json');
  const records: Record<string, string>[] = [JSON.parse(readFileSync(json, 'utf8'))].flat();
  return [readFileSync(file, 'utf8'), ...records.flatMap((record) => Object.values(record))];
});

const TEXTS = [...HOSTILE.map(({ text }) => text), ...SPECTRUM];

const DAY = '2026-07-01';

let lake: TestLake;

beforeAll(async () => {
  lake = await openTestLake();
});

afterAll(() => lake.remove());

async function ingest(kind: 'sessions' | 'messages', records: readonly object[]): Promise<void> {
  const { rejected } = await lake.ingest(kind, [jsonLines(...records)]);
  expect(rejected).toEqual({ count: 0, first: [] });
}

function report(name: string, parameters: object): Promise<Buffer> {
  return runBytes(lake.layout, readRun(name, { from: DAY, to: DAY, ...parameters }));
}

/** In file order: the n-th session begins in the n-th minute. */
function session(index: number, cells: object): object {
  const createdAt = new Date(Date.parse(`${DAY}T00:00:00Z`) + 60_000 * index).toISOString();
  return { sessionId: `s${index}`, createdAt, ...cells };
}

describe('free text', () => {
  const FREE_TEXT_CELLS = {
    gladlyAgent: 'Gladly Agent',
    handoffCategory: 'Handoff Category',
    handoffSubcategory: 'Handoff Subcategory',
    handoffReason: 'Handoff Reason',
    transferRationale: 'Transfer Rationale',
  };
  const HEADERS = Object.values(FREE_TEXT_CELLS);

  /** As most readers see it, and as an analyst would read it. */
  let rows: Record<string, string>[];
  /** Without the guard, and Message History as JSON. */
  let plain: Buffer;

  beforeAll(async () => {
    const fields = Object.keys(FREE_TEXT_CELLS);
    await ingest(
      'sessions',
      TEXTS.map((text, index) =>
        session(index, Object.fromEntries(fields.map((field) => [field, text]))),
      ),
    );
    await ingest(
      'messages',
      TEXTS.flatMap((text, index) =>
        [
          { messageId: 'a', sentAt: `${DAY}T09:15:22Z`, author: 'CUSTOMER', text },
          { messageId: 'b', sentAt: `${DAY}T09:15:23Z`, author: 'GLADLY_AI', text: 'Noted.' },
        ].map((message) => ({ sessionId: `s${index}`, ...message })),
      ),
    );
    const csv = await report('ai-sessions-detail-with-messages', {});
    expect(isUtf8(csv)).toBe(true);
    rows = parse(csv, { columns: true });
    plain = await report('ai-sessions-detail-with-messages', {
      formulaGuard: false,
      messages: 'json',
    });
  });

  for (const [index, { what, cell, message }] of HOSTILE.entries()) {
    test(`${what}: what becomes of it`, () => {
      const row = rows[index] ?? {};
      expect(HEADERS.map((header) => row[header])).toEqual(HEADERS.map(() => cell));
      expect(row['Message History']).toBe(
        `[2026-07-01 09:15:22] Customer: ${message}\n[2026-07-01 09:15:23] Gladly AI: Noted.`,
      );
    });
  }

  test('no message forges a line, wherever a reader takes lines to end', () => {
    const lineEnd = new RegExp(
      Object.values(LINE_BREAKS)
        .toSorted((a, b) => b.length - a.length)
        .join('|'),
    );
    for (const { 'Message History': history = '' } of rows) {
      const spoken = history.split(lineEnd).filter((line) => line.startsWith('['));
      expect(spoken.map((line) => line.slice(0, 31))).toEqual([
        '[2026-07-01 09:15:22] Customer:',
        '[2026-07-01 09:15:23] Gladly AI',
      ]);
    }
  });

  for (const [reader, read] of Object.entries(CSV_READERS)) {
    test(`${reader} reads back what went in, csv-spectrum's files and cells among it`, async () => {
      const [header = [], ...cells] = await read(plain);
      const places = [...HEADERS, 'Message History'].map((name) => header.indexOf(name));
      expect(SPECTRUM.length).toBeGreaterThan(50);
      expect(cells).toHaveLength(TEXTS.length);
      for (const [index, text] of TEXTS.entries()) {
        const [history = '', ...found] = places.map((place) => cells[index]?.[place]).toReversed();
        expect(found).toEqual(HEADERS.map(() => text.toWellFormed()));
        expect(JSON.parse(history)[0].text).toBe(text.toWellFormed());
      }
    });
  }
});

/** SPEC 3.1, read as a format: names joined by `, `, some in quotes, quotes in these doubled. */
function takenApart(cell: string): string[] {
  const names: string[] = [];
  for (let rest = cell; ; rest = rest.slice(', '.length)) {
    const [written = ''] = /^"(?:[^"]|"")*"|^[^,"]*/.exec(rest) ?? [];
    rest = rest.slice(written.length);
    names.push(written.startsWith('"') ? written.slice(1, -1).replaceAll('""', '"') : written);
    if (rest === '') return names;
    expect(rest).toMatch(/^, /);
  }
}

describe('guides', () => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom(',', '"', ' ', '\n', '\r', '\u2028', '=', '#', 'a', 'b'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
    minLength: 1,
    maxLength: 6,
  });
  const lists = [
    ['a, b', 'a', 'b'],
    ['"'],
    ['""', '"'],
    [',', ', ', '",'],
    ['a\n"b"\r\nc,', 'd'],
    [' a', 'b ', ' '],
    ...fc.sample(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), { seed: 1, numRuns: 300 }),
  ];

  test('Guides Used can be taken apart again, whatever the names', async () => {
    await lake.clear();
    await ingest(
      'sessions',
      lists.map((guidesUsed, index) => session(index, { guidesUsed })),
    );

    const csv = await report('ai-sessions-detail', { formulaGuard: false });

    const rows: Record<string, string>[] = parse(csv, { columns: true });
    const cells = rows.map((row) => row['Guides Used'] ?? '');
    expect(cells.map(takenApart)).toEqual(lists);
  });
});
