// Lines of any bytes, and what reaches the reader.

import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linePieces, MAX_LINE_BYTES } from '../../analytics/lake/ingest/lines.ts';
import { jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';

const MARK = '\u0001';

describe('linePieces', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function lines(content: string | Buffer): Promise<string[]> {
    const source = join(folder, 'source');
    await writeFile(source, content);
    const pieces = await Array.fromAsync(linePieces(createReadStream(source), folder), ({ file }) =>
      readFile(file, 'utf8'),
    );
    return pieces.join('').split('\n');
  }

  test.each([
    ['nothing', '', ['']],
    ['lines', 'a\nb\n', ['a', 'b', '']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['blank lines', '\na\n\n', ['', 'a', '', '']],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b', '']],
    ['a byte order mark', '\ufeffa\n\ufeffb\n', ['a', '\ufeffb', '']],
    ['a byte order mark and CRLF', '\ufeffa\r\n', ['a', '']],
    ['quotes, commas and tabs', '"a,\t\n', ['"a,\t', '']],
    [
      'a line that is not text',
      'a\n\0\nb\n',
      ['a', `${MARK}must not contain control characters${MARK}\ufffd`, 'b', ''],
    ],
    [
      'a mark of ours',
      `${MARK}x\n`,
      [`${MARK}must not contain control characters${MARK}\ufffdx`, ''],
    ],
  ])('%s', async (_, content, expected) => {
    expect(await lines(content)).toEqual(expected);
  });

  test('a line that is not UTF-8 stops no other', async () => {
    const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.of(0xff), Buffer.from('\né\n')]);

    expect(await lines(bytes)).toEqual(['a', `${MARK}must be UTF-8${MARK}\ufffd`, 'é', '']);
  });

  test('a character that lies across two reads stays whole', async () => {
    const long = `${'x'.repeat(1024 * 1024 - 1)}é`;

    expect(await lines(`${long}\nb\n`)).toEqual([long, 'b', '']);
  });

  test('a line of the greatest length passes, a longer one is cut and at fault', async () => {
    const greatest = 'x'.repeat(MAX_LINE_BYTES - 1);

    const [first, second, third] = await lines(`${greatest}\n${greatest}xx\nb\n`);

    expect(first === greatest).toBe(true);
    expect(second).toBe(`${MARK}must have at most 16777216 bytes${MARK}${'x'.repeat(1024)}`);
    expect(third).toBe('b');
  });
});

describe('ingest sessions', () => {
  let lake: TestLake;

  beforeEach(async () => {
    lake = await openTestLake();
  });

  afterEach(() => lake.remove());

  test('keeps line numbers over several pieces of one source and over sources', async () => {
    const long = `${' '.repeat(8 * 1024 * 1024)}{}\n`; // nine are more than one piece of 64 MiB
    const rejectsFile = join(lake.folder, 'rejects.csv');

    await lake.ingest('sessions', [`${long.repeat(9)}\nbad\n`, '\n\nbad\n'], { rejectsFile });

    const rejects: { line: string }[] = parse(await readFile(rejectsFile), { columns: true });
    const lines = rejects.map(({ line }) => Number(line));
    expect(lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 3]);
  });

  test('a text with every kind of character comes out as it went in', async () => {
    const text = `\u0000\u0001\u0002\t\r\n"'\\,\u2028\ufeff\u{1f69a}e\u0301العربية`;

    await lake.ingest('sessions', [
      jsonLines({ sessionId: 'a', createdAt: '2026-07-01T00:00:00Z', handoffReason: text }),
    ]);

    expect((await lake.sessions())[0]?.['handoff_reason']).toBe(text);
  });
});
