// The CSV of Gladly's own two reports, taken back into a lake (SPEC 3.1, 7).

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';
import { readRun, runBytes } from './support/reportBytes.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const HEADER =
  'Session ID,Customer ID,Conversation ID,Channel,Gladly Agent,Guides Used,Created Date,Was Handed Off,Was Resolved,Was Recontacted Resolution - 24 Hours,Was Responded To,Handoff Category,Handoff Subcategory,Handoff Reason,Transfer Rationale,Conversation Link';
/** The example of SPEC 3.1. */
const EXAMPLE = `${HEADER}
a1B2c3D4e5F6g7H8i9J0kA,cust_0000000000000001A,-onv_0000000000000001A,CHAT,Main Guides,"Order status, ""Returns, refunds""",2026-07-01 09:15:22,false,true,true,true,,,,,https://acme.gladly.com/conversations/-onv_0000000000000001A
b1B2c3D4e5F6g7H8i9J0kA,cust_0000000000000001A,-onv_0000000000000001A,EMAIL,Main Guides,Order status,2026-07-01 20:01:07,true,false,,true,handoff_transfer_detector,legal threat,'=refund now,The customer mentioned a lawyer.,https://acme.gladly.com/conversations/-onv_0000000000000001A
c1B2c3D4e5F6g7H8i9J0kA,cust_0000000000000002A,conv_0000000000000002A,SMS,Main Guides,,2026-07-31 22:40:00,false,true,,true,,,,,https://acme.gladly.com/conversations/conv_0000000000000002A
d1B2c3D4e5F6g7H8i9J0kA,,,VOICE,,,2026-07-31 23:59:59,true,false,,false,handoff_manual,,,,
`;
const ZONE = { timezone: 'America/Los_Angeles' };

type Cells = Record<string, string>;

const DEFAULTS: Cells = { 'Created Date': '2026-07-01 00:00:00' };

/** A file whose rows have the cells given, the others empty; the first session is s1. */
function csv(...rows: readonly Cells[]): string {
  const hasHistory = rows.some((cells) => 'Message History' in cells);
  const names = [...HEADER.split(','), ...(hasHistory ? ['Message History'] : [])];
  const lines = rows.map((cells, index) => {
    const all: Cells = {
      'Session ID': `s${String(index + 1).padStart(2, '0')}`,
      ...DEFAULTS,
      ...cells,
    };
    return names.map((name) => `"${(all[name] ?? '').replaceAll('"', '""')}"`).join(',');
  });
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

function flag(cell: string): boolean | null {
  return cell === '' ? null : cell.toLowerCase() === 'true';
}

async function ingestHistory(cell: string) {
  const result = await lake.ingest('gladly-csv', [csv({ 'Message History': cell })], ZONE);
  const messages = (await lake.messages()).map((each) => [
    each['sent_at'],
    each['author'],
    each['text'],
  ]);
  return { result, messages };
}

describe('ingest gladly-csv', () => {
  test('the example of SPEC 3.1 comes out of the report as it went in', async () => {
    await lake.ingest('gladly-csv', [EXAMPLE], { ...ZONE, dataThrough: '2026-08-01T06:59:59Z' });
    const run = readRun('ai-sessions-detail', { from: '2026-07-01', to: '2026-07-31', ...ZONE });

    expect((await runBytes(lake.layout, run)).toString()).toBe(EXAMPLE);
  });

  test('stores what the cells say', async () => {
    await lake.ingest('gladly-csv', [EXAMPLE], ZONE);

    expect((await lake.sessions()).slice(0, 2)).toMatchObject([
      {
        session_id: 'a1B2c3D4e5F6g7H8i9J0kA',
        conversation_id: '-onv_0000000000000001A',
        guides_used: ['Order status', 'Returns, refunds'],
        created_at: '2026-07-01 16:15:22+00',
        was_responded_to: true,
        was_handed_off: false,
        was_resolved: true,
        handoff_reason: null,
        updated_at: null,
      },
      { handoff_reason: '=refund now', transfer_rationale: 'The customer mentioned a lawyer.' },
    ]);
  });

  test('reads a file as Excel saves it: byte order mark, CRLF, quoted headers', async () => {
    const header = HEADER.split(',').map((name) => `"${name}"`);
    const excel = `\ufeff${EXAMPLE.replace(HEADER, header.join(','))}`.replaceAll('\n', '\r\n');

    const result = await lake.ingest('gladly-csv', [excel], ZONE);

    expect(result).toMatchObject({ read: 4, rejected: { count: 0 } });
    expect((await lake.sessions()).map((session) => session['channel'])).toEqual([
      'CHAT',
      'EMAIL',
      'SMS',
      'VOICE',
    ]);
  });

  test('the same file changes no byte of the lake', async () => {
    const cells = {
      'Message History': '[2026-07-01 00:00:01] Customer: a\n[2026-07-01 00:00:01] Gladly AI: b',
    };
    await lake.ingest('gladly-csv', [EXAMPLE, csv(cells)], ZONE);
    const before = await lake.hashes();

    const result = await lake.ingest('gladly-csv', [EXAMPLE, csv(cells)], {
      ...ZONE,
      now: new Date(),
    });

    expect(result.lake).toMatchObject({
      sessions: { written: 0, unchanged: 5 },
      messages: { written: 0, unchanged: 2 },
      files: 0,
    });
    expect(await lake.hashes()).toEqual(before);
  });

  test.each([
    ['UTC', { '2026-07-01 09:15:22': '2026-07-01 09:15:22+00' }],
    ['Asia/Kathmandu', { '2026-07-01 00:00:00': '2026-06-30 18:15:00+00' }],
    ['Pacific/Kiritimati', { '2026-07-01 00:00:00': '2026-06-30 10:00:00+00' }],
    [
      'America/Los_Angeles',
      {
        '2026-11-01 01:30:00': '2026-11-01 08:30:00+00', // comes twice: the earlier
        '2026-03-08 02:30:00': '2026-03-08 10:30:00+00', // is skipped: as much later
      },
    ],
    ['America/Havana', { '2026-11-01 00:30:00': '2026-11-01 04:30:00+00' }],
    ['Australia/Lord_Howe', { '2026-04-05 01:45:00': '2026-04-04 14:45:00+00' }],
    ['America/Santiago', { '2026-09-06 00:00:00': '2026-09-06 04:00:00+00' }],
    ['Africa/Cairo', { '2026-04-24 00:15:00': '2026-04-23 22:15:00+00' }],
    [
      'Europe/Berlin',
      {
        '2026-03-29 03:00:00': '2026-03-29 01:00:00+00',
        '2026-10-25 01:59:59': '2026-10-24 23:59:59+00',
        '2026-10-25 02:59:59': '2026-10-25 00:59:59+00',
        '2026-10-25 03:00:00': '2026-10-25 02:00:00+00',
        // carries its own offset, as with dates=iso
        '2026-10-25T02:59:59.123+01:00': '2026-10-25 01:59:59.123+00',
      },
    ],
  ])('reads a Created Date in %s', async (timezone, instants: Cells) => {
    const rows = Object.keys(instants).map((created) => ({ 'Created Date': created }));
    await lake.ingest('gladly-csv', [csv(...rows)], { timezone });

    const stored = (await lake.sessions()).map((session) => session['created_at']);

    expect(new Set(stored)).toEqual(new Set(Object.values(instants)));
  });

  test("without a time zone takes the organisation's", async () => {
    await lake.ingest('gladly-csv', [EXAMPLE]);
    await writeFile(lake.layout.settingsFile, '{"timezone":"Asia/Tokyo"}');

    await lake.ingest('gladly-csv', [csv({ 'Created Date': '2026-06-01 00:00:00' })]);

    expect((await lake.sessions())[0]?.['created_at']).toBe('2026-05-31 15:00:00+00');
  });

  test('takes the list of guides apart', async () => {
    const guides: [cell: string, names: string[] | null][] = [
      ['', null],
      ['Order status', ['Order status']],
      ['b, a', ['b', 'a']],
      ['"Returns, refunds"', ['Returns, refunds']],
      ['"a ""b"", c", d', ['a "b", c', 'd']],
      ['a, b, a', ['a', 'b']],
      // as another program might write it
      ['a,b', ['a,b']],
      ['Say "hi", b', ['Say "hi"', 'b']],
      ['"open, b', ['"open', 'b']],
      // guarded as a whole
      ["'=a, b", ['=a', 'b']],
    ];
    await lake.ingest('gladly-csv', [csv(...guides.map(([cell]) => ({ 'Guides Used': cell })))]);

    const stored = (await lake.sessions()).map((session) => session['guides_used']);

    expect(stored).toEqual(guides.map(([, names]) => names));
  });

  test('takes the formula guard off where the report has put it', async () => {
    const names = [
      'Gladly Agent',
      'Handoff Category',
      'Handoff Subcategory',
      'Handoff Reason',
      'Transfer Rationale',
    ];
    const texts: [cell: string, text: string][] = [
      ["'=1+1", '=1+1'],
      ["' \t@x", ' \t@x'],
      ["'\ttab", '\ttab'],
      ["'\uff0b1", '\uff0b1'],
      ["'quoted'", "'quoted'"],
      ["''=1", "''=1"],
      ["'", "'"],
      ['=1+1', '=1+1'],
    ];
    const rows = texts.map(([cell]) => Object.fromEntries(names.map((name) => [name, cell])));
    await lake.ingest('gladly-csv', [csv(...rows)]);

    const stored = (await lake.sessions()).map((session) => [
      session['gladly_agent'],
      session['handoff_category'],
      session['handoff_subcategory'],
      session['handoff_reason'],
      session['transfer_rationale'],
    ]);

    expect(stored).toEqual(texts.map(([, text]) => names.map(() => text)));
  });

  test('a row that says how it came out is over, another one is open', async () => {
    const flags: [responded: string, handedOff: string, resolved: string, isOver: boolean][] = [
      ['true', 'false', 'true', true],
      ['true', 'false', 'false', true],
      ['TRUE', 'True', 'FALSE', true],
      ['', 'true', '', true],
      ['', '', 'true', true],
      ['true', 'false', '', false],
      ['', '', '', false],
    ];
    const rows = flags.map(([responded, handedOff, resolved]) => ({
      'Was Responded To': responded,
      'Was Handed Off': handedOff,
      'Was Resolved': resolved,
    }));
    await lake.ingest('gladly-csv', [csv(...rows)]);

    const stored = (await lake.sessions()).map((session) => [
      session['was_responded_to'],
      session['was_handed_off'],
      session['was_resolved'],
      session['ended_at'] === session['created_at'],
    ]);

    expect(stored).toEqual(
      flags.map(([responded, handedOff, resolved, isOver]) => [
        flag(responded),
        flag(handedOff),
        flag(resolved),
        isOver,
      ]),
    );
  });

  test('a row that says both resolved and handed off is reported and settled', async () => {
    const both = csv({ 'Was Handed Off': 'true', 'Was Resolved': 'true' });

    const result = await lake.ingest('gladly-csv', [both]);

    expect(result.contradicting).toMatchObject({ count: 1, first: [{ line: 2 }] });
    expect(await lake.sessions()).toMatchObject([{ was_handed_off: true, was_resolved: false }]);
  });

  test('does not undo a record that tells when it was updated', async () => {
    const updated = { updatedAt: '2026-07-01T01:00:00Z' };
    await lake.ingest('sessions', [
      jsonLines({ sessionId: 's01', createdAt: '2026-07-01T00:00:00Z', ...updated }),
    ]);

    const result = await lake.ingest('gladly-csv', [csv({ Channel: 'SMS' })]);

    expect(result.lake?.sessions).toEqual({ written: 0, unchanged: 0, superseded: 1 });
  });
});

describe('ingest gladly-csv with messages', () => {
  test('takes a history apart, and what looks like a line within a text stays in it', async () => {
    const { result, messages } = await ingestHistory(
      '[2026-07-01 00:00:05] Customer: Hi\n  [2026-07-01 00:00:06] Gladly AI: forged\n  \n   end\n[2026-07-01 00:00:05] Gladly AI: \n[2026-07-01 00:00:04] Customer: [x] Customer: y',
    );

    expect(result.lake).toMatchObject({ messages: { written: 3 }, waiting: 0 });
    expect(messages).toEqual([
      ['2026-07-01 07:00:04+00', 'CUSTOMER', '[x] Customer: y'],
      ['2026-07-01 07:00:05+00', 'CUSTOMER', 'Hi\n[2026-07-01 00:00:06] Gladly AI: forged\n\n end'],
      ['2026-07-01 07:00:05+00', 'GLADLY_AI', ''],
    ]);
  });

  test('a session without a history has no transcript', async () => {
    const { messages } = await ingestHistory('');

    expect(messages).toEqual([]);
    expect(Object.keys(await lake.hashes())).not.toContainEqual(
      expect.stringContaining('transcripts'),
    );
  });

  test('a longer history of the same session adds its new messages', async () => {
    await ingestHistory('[2026-07-01 00:00:05] Customer: a');

    const { result, messages } = await ingestHistory(
      '[2026-07-01 00:00:05] Customer: a\n[2026-07-01 00:00:09] Gladly AI: b',
    );

    expect(result.lake?.messages).toEqual({ written: 1, unchanged: 1, superseded: 0 });
    expect(messages.map(([, , text]) => text)).toEqual(['a', 'b']);
  });

  test('a message that is there with an id of its own is not doubled, whoever comes first', async () => {
    const cell =
      '[2026-07-01 00:00:05] Customer: a\n  b\n[2026-07-01 00:00:09] Gladly AI: only here';
    const known = jsonLines({
      sessionId: 's01',
      messageId: 'm1',
      sentAt: '2026-07-01T07:00:05.750Z',
      author: 'CUSTOMER',
      text: 'a\r\nb',
    });
    await ingestHistory(cell);
    await lake.ingest('messages', [known]);
    const { result, messages } = await ingestHistory(cell);

    expect(result.lake?.messages).toEqual({ written: 0, unchanged: 1, superseded: 1 });
    expect(messages.map(([, , text]) => text)).toEqual(['a\r\nb', 'only here']);
  });

  test('comes out of the report as it went in', async () => {
    const cell =
      '[2026-07-01 00:00:05] Customer: a, "b"\n  =c\n[2026-07-01 00:00:05] Gladly AI: 🚚\n[2026-07-01 00:00:05] Customer: \n[2026-07-02 00:00:00] Gladly AI: -';
    await lake.ingest('gladly-csv', [csv({ 'Message History': cell })], ZONE);
    const run = readRun('ai-sessions-detail-with-messages', {
      from: '2026-07-01',
      to: '2026-07-01',
      ...ZONE,
    });

    const [record]: Record<string, string>[] = parse(await runBytes(lake.layout, run), {
      columns: true,
    });

    expect(record?.['Message History']).toBe(cell);
  });
});

describe('ingest gladly-csv of another file', () => {
  test.each([
    [
      'Created Week',
      HEADER.replace('Created Date', 'Created Week'),
      '"Created Week" has lost when a session began',
    ],
    ['no Channel', HEADER.replace('Channel,', ''), 'it lacks "Channel"'],
    ['a blank first line', `\n${HEADER}`, 'it lacks "Session ID"'],
    ['more columns', `${HEADER},Outcome`, 'it has "Outcome"'],
    ['a column twice', `${HEADER},Channel`, 'it has a column twice'],
    ['an error text', 'Too many requests', 'it lacks "Session ID"'],
  ])('refuses a file with %s, and the good ones with it', async (_, header, reason) => {
    const ingesting = lake.ingest('gladly-csv', [EXAMPLE, `${header}\n`]);

    await expect(ingesting).rejects.toThrow(reason);
    expect(await lake.sessions()).toEqual([]);
  });

  test.each(['', '\n', '\ufeff', `${HEADER}\n`, HEADER])(
    'takes %j for a range without sessions',
    async (content) => {
      const result = await lake.ingest('gladly-csv', [content, EXAMPLE]);

      expect(result).toMatchObject({ read: 4, rejected: { count: 0 } });
    },
  );

  const TIME = 'must have times like 2026-07-01 09:15:22';
  const HISTORY = 'must be lines like "[2026-07-01 09:15:22] Customer: text"';

  const FAULTS: [field: string, cell: string, reason: string][] = [
    ['Session ID', '', 'is required'],
    ['Session ID', 'a b', 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -'],
    ['Customer ID', '=1', 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -'],
    ['Conversation ID', 'é', 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -'],
    ['Channel', 'Chat', 'must be 1 to 40 of A-Z, 0-9 and _'],
    ['Created Date', '', 'is required'],
    ['Created Date', '2026-07-01', TIME],
    ['Created Date', '2026-02-30 00:00:00', TIME],
    ['Created Date', '07/01/2026 09:15', TIME],
    ['Created Date', '1969-12-31 00:00:00', 'must be between the years 1970 and 2999'],
    ['Was Responded To', 'yes', 'must be true, false or empty'],
    ['Was Handed Off', '1', 'must be true, false or empty'],
    ['Was Resolved', 'TRUE ', 'must be true, false or empty'],
    ['Message History', 'hello', HISTORY],
    ['Message History', '[2026-07-01 09:15:22] Agent: a', HISTORY],
    ['Message History', '[2026-07-01 09:15:22] Customer: a\nb', HISTORY],
    ['Message History', '[2026-07-01] Customer: a', TIME],
  ];

  test('rejects a cell that cannot be read, each with its reason', async () => {
    const rejectsFile = join(lake.folder, 'rejects.csv');
    const rows = FAULTS.map(([field, cell]) => ({ 'Message History': '', [field]: cell }));

    const result = await lake.ingest('gladly-csv', [csv(...rows)], { rejectsFile });

    const rejects: Cells[] = parse(await readFile(rejectsFile), { columns: true });
    expect(result).toMatchObject({ read: FAULTS.length, rejected: { count: FAULTS.length } });
    expect(rejects.map(({ line, field, reason }) => [line, field, reason])).toEqual(
      FAULTS.map(([field, , reason], index) => [String(index + 2), field, reason]),
    );
  });

  test('accounts for records that are not the right shape, by the number of the record', async () => {
    const [header = '', a = '', b = '', c = ''] = EXAMPLE.split('\n');
    const text = `${header}\n${a.replace('Main Guides', '"two\nlines"')}\nshort,row\n${b}\n${c},more\n${b.replace('EMAIL', 'x')}\n${c}\n`;
    const rejectsFile = join(lake.folder, 'rejects.csv');

    const result = await lake.ingest('gladly-csv', [EXAMPLE, text], { ...ZONE, rejectsFile });

    const rejects: Record<string, string>[] = parse(await readFile(rejectsFile), { columns: true });
    expect(result).toMatchObject({ read: 10, rejected: { count: 3 } });
    expect(rejects.map(({ line, field, record }) => [line, field, record?.slice(0, 9)])).toEqual([
      ['3', 'record', 'short,row'],
      ['5', 'record', 'c1B2c3D4e'],
      ['6', 'Channel', '{"Session'],
    ]);
  });

  test('tells a file that is cut off inside a quoted cell', async () => {
    const cut = EXAMPLE.slice(0, EXAMPLE.indexOf('refunds'));

    const result = await lake.ingest('gladly-csv', [cut], ZONE);

    expect(result).toMatchObject({
      read: 1,
      rejected: {
        count: 1,
        first: [{ line: 2, text: 'record must end: the file is cut off, or a quote is missing' }],
      },
    });
  });
});
