// The same records in every format, whole and broken (SPEC 7).

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  Field as ArrowField,
  CompressionType,
  compressionRegistry,
  List,
  Table,
  Timestamp,
  TimestampMicrosecond,
  TimeUnit,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, openTestLake, query, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

interface Session {
  readonly sessionId: string;
  readonly createdAt: string;
  readonly customerId?: string;
  readonly channel?: string;
  readonly gladlyAgent?: string;
  readonly guidesUsed?: readonly string[];
  readonly endedAt?: string;
  readonly wasRespondedTo?: boolean;
  readonly wasHandedOff?: boolean;
  readonly handoffReason?: string;
  readonly updatedAt?: string;
}

const SESSIONS: readonly Session[] = [
  {
    sessionId: '-a',
    customerId: 'c',
    channel: 'CHAT',
    gladlyAgent: 'Zürich, "main"',
    guidesUsed: ['Order status', 'Returns, refunds'],
    createdAt: '2026-07-01T23:59:59.123456Z',
    endedAt: '2026-07-02T00:10:00.000000Z',
    wasRespondedTo: true,
    wasHandedOff: false,
    handoffReason: 'line 1\nline 2',
    updatedAt: '2026-07-03T00:00:00.000000Z',
  },
  { sessionId: 'b', createdAt: '1970-01-01T00:00:00.000001Z' },
  { sessionId: 'c', createdAt: '2026-07-01T00:00:00.000000Z', guidesUsed: [] },
];
const LINES = jsonLines(...SESSIONS);

const CSV = `sessionId,"customerId",channel,gladlyAgent,guidesUsed,createdAt,endedAt,wasRespondedTo,wasHandedOff,handoffReason,updatedAt,unknown
-a,c,CHAT,"Zürich, ""main""","Order status, ""Returns, refunds""",2026-07-01T23:59:59.123456Z,2026-07-02T00:10:00Z,true,FALSE,"line 1
line 2",2026-07-03T00:00:00Z,x
b,,,,,1970-01-01T00:00:00.000001Z,,,,,,
c,,,,[],2026-07-01T00:00:00Z,,,,,,
`;

async function parquet(): Promise<Buffer> {
  const json = join(lake.folder, 'rows.json');
  const file = join(lake.folder, 'rows.parquet');
  await writeFile(json, LINES);
  await query(`
    copy (
      select * replace (
        "createdAt"::timestamptz as "createdAt", "endedAt"::timestamptz as "endedAt",
        "updatedAt"::timestamptz as "updatedAt"
      ) from read_json('${json}', columns = {
        sessionId: 'varchar', customerId: 'varchar', channel: 'varchar', gladlyAgent: 'varchar',
        guidesUsed: 'varchar[]', createdAt: 'varchar', endedAt: 'varchar', wasRespondedTo: 'boolean',
        wasHandedOff: 'boolean', handoffReason: 'varchar', updatedAt: 'varchar'
      })
    ) to '${file}' (format parquet)`);
  return readFile(file);
}

function values<Name extends keyof Session>(name: Name) {
  return SESSIONS.map((session) => session[name] ?? null);
}

function arrowTable(): Table {
  const instants = (name: 'createdAt' | 'endedAt' | 'updatedAt') => {
    const texts = values(name);
    const type = new Timestamp(TimeUnit.MICROSECOND, 'UTC') as TimestampMicrosecond;
    const vector = vectorFromArray(
      texts.map((text) => text && Date.parse(text)),
      type,
    );
    for (const [row, text] of texts.entries()) {
      // what a Date has lost
      const [data] = vector.data;
      if (text && data) data.values[row] = (data.values[row] ?? 0n) + BigInt(text.slice(23, 26));
    }
    return vector;
  };
  const texts = (name: 'sessionId' | 'customerId' | 'gladlyAgent' | 'handoffReason') =>
    vectorFromArray(values(name), new Utf8());
  return new Table({
    sessionId: texts('sessionId'),
    customerId: texts('customerId'),
    channel: vectorFromArray(values('channel')), // a dictionary
    gladlyAgent: texts('gladlyAgent'),
    guidesUsed: vectorFromArray(values('guidesUsed'), new List(new ArrowField('item', new Utf8()))),
    createdAt: instants('createdAt'),
    endedAt: instants('endedAt'),
    wasRespondedTo: vectorFromArray(values('wasRespondedTo')),
    wasHandedOff: vectorFromArray(values('wasHandedOff')),
    handoffReason: texts('handoffReason'),
    updatedAt: instants('updatedAt'),
  });
}

function arrow(container: 'file' | 'stream'): Buffer {
  return Buffer.from(tableToIPC(arrowTable(), container));
}

function compressedArrow(): Buffer {
  const codec = compressionRegistry.get(CompressionType.ZSTD);
  compressionRegistry.set(CompressionType.ZSTD, {
    ...codec,
    encode: (data) => zstdCompressSync(data),
  });
  return Buffer.from(tableToIPC(arrowTable(), 'file', CompressionType.ZSTD));
}

const frames = () =>
  Buffer.concat(jsonLinesApart().map((line) => zstdCompressSync(Buffer.from(line))));
const members = () => Buffer.concat(jsonLinesApart().map((line) => gzipSync(line)));

function jsonLinesApart(): string[] {
  return SESSIONS.map((session) => jsonLines(session));
}

describe('ingest sessions', () => {
  test.each<[ending: string, content: () => string | Buffer | Promise<Buffer>]>([
    ['.ndjson', () => LINES],
    ['.JSONL.GZ', () => gzipSync(LINES)],
    ['.jsonl.gz', members],
    ['.jsonl.zst', () => zstdCompressSync(LINES)],
    ['.jsonl.zst', frames],
    ['.jsonl', () => `\ufeff${LINES.replaceAll('\n', '\r\n')}`],
    ['.csv', () => CSV],
    ['.csv', () => `\ufeff${CSV.replaceAll(/(?<!line 1)\n/g, '\r\n')}`],
    ['.csv.gz', () => gzipSync(CSV)],
    ['.csv.zst', () => zstdCompressSync(CSV)],
    ['.parquet', parquet],
    ['.parquet.gz', async () => gzipSync(await parquet())],
    ['.arrow', () => arrow('file')],
    ['.arrow', compressedArrow],
    ['.arrows', () => arrow('stream')],
    ['.arrows.zst', () => zstdCompressSync(arrow('stream'))],
  ])('takes the same from %s as from plain JSON Lines', async (ending, content) => {
    await lake.ingest('sessions', [LINES]);
    const expected = await lake.hashes();
    await lake.clear();

    const result = await lake.ingest('sessions', [await content()], { ending });

    expect(result).toMatchObject({ read: 3, rejected: { count: 0 } });
    expect(await lake.hashes()).toEqual(expected);
  });

  const long = jsonLines({ ...SESSIONS[0], handoffReason: 'x'.repeat(100_000) });

  test.each<[what: string, ending: string, content: Buffer, reason: string]>([
    ['cut off gzip', '.jsonl.gz', gzipSync(LINES).subarray(0, -9), 'it is cut off or damaged'],
    ['empty gzip', '.jsonl.gz', Buffer.alloc(0), 'it is cut off or damaged'],
    ['damaged gzip', '.csv.gz', gzipSync(CSV).fill(0xff, 40, 44), 'it is cut off or damaged'],
    ['text called gzip', '.jsonl.gz', Buffer.from(LINES), 'it is cut off or damaged'],
    ['cut off zstd', '.jsonl.zst', zstdCompressSync(LINES).subarray(0, -9), 'it is cut off'],
    [
      'zstd with something behind it',
      '.jsonl.zst',
      Buffer.concat([zstdCompressSync(LINES), Buffer.from('more')]),
      'it is cut off',
    ],
    ['cut off Parquet', '.parquet', Buffer.from('PAR1 and then'), 'it cannot be read as Parquet'],
    ['text called Parquet', '.parquet', Buffer.from(LINES), 'it cannot be read as Parquet'],
    ['cut off Arrow', '.arrow', arrow('file').subarray(0, -20), 'it cannot be read as Arrow IPC'],
    ['text called Arrow', '.arrow', Buffer.from(LINES), 'it cannot be read as Arrow IPC'],
    ['CSV of something else', '.csv', Buffer.from('a,b\n1,2\n'), 'it has none of the columns sess'],
  ])('refuses %s as a whole, and names the file', async (_, ending, content, reason) => {
    const before = await lake.ingest('sessions', [long]).then(() => lake.hashes());

    const ingesting = lake.ingest('sessions', [content], { ending });

    await expect(ingesting).rejects.toThrow(reason);
    await expect(ingesting).rejects.toThrow(/^Cannot ingest \S+input-1\./);
    expect(await lake.hashes()).toEqual(before);
  });

  test.each([
    [
      '.csv',
      `sessionId,createdAt,wasResolved\na,2026-07-01T00:00:00Z,\nb,soon,\nc,2026-07-01T00:00:00Z,perhaps\nd\n"e`,
      [
        ['3', 'createdAt', 'must be an RFC 3339 instant with an offset, like 2026-07-01T09:15:22Z'],
        ['4', 'wasResolved', 'must be true or false'],
        ['5', 'record', 'must be a record like the header: missing columns'],
        ['6', 'record', 'must end: the file is cut off, or a quote is missing'],
      ],
    ],
  ])('places and explains what it rejects in %s', async (ending, content, expected) => {
    const rejectsFile = join(lake.folder, 'rejects.csv');

    const result = await lake.ingest('sessions', [content], { ending, rejectsFile });

    const rejects: Record<string, string>[] = parse(await readFile(rejectsFile), { columns: true });
    expect(rejects.map(({ line, field, reason }) => [line, field, reason])).toEqual(expected);
    expect(result).toMatchObject({ read: 5, lake: { sessions: { written: 1 } } });
  });

  test('an instant without a zone in Parquet or Arrow is rejected by its row', async () => {
    const file = join(lake.folder, 'local.parquet');
    await query(`copy (select 's' || n as "sessionId", timestamp '2026-07-01 00:00:00' as "createdAt"
      from range(2) as r(n)) to '${file}' (format parquet)`);
    const local = new Table({
      sessionId: vectorFromArray(['s'], new Utf8()),
      createdAt: vectorFromArray([0], new Timestamp(TimeUnit.MILLISECOND)),
    });

    const fromParquet = await lake.ingest('sessions', [await readFile(file)], {
      ending: '.parquet',
    });
    const fromArrow = await lake.ingest('sessions', [Buffer.from(tableToIPC(local))], {
      ending: '.arrow',
    });

    expect(fromParquet.rejected.first.map(({ line }) => line)).toEqual([1, 2]);
    expect(fromArrow.rejected.first).toMatchObject([
      { line: 1, text: expect.stringContaining('createdAt must be') },
    ]);
  });

  test('a file that is not UTF-8 keeps the records that are', async () => {
    const csv = Buffer.concat([
      Buffer.from(
        'sessionId,createdAt,channel\na,2026-07-01T00:00:00Z,CHAT\nb,2026-07-01T00:00:00Z,',
      ),
      Buffer.of(0xff),
      Buffer.from('\nc,2026-07-01T00:00:00Z,CHAT\n'),
    ]);

    const result = await lake.ingest('sessions', [csv], { ending: '.csv' });

    expect(result).toMatchObject({ read: 3, rejected: { count: 1 } });
    expect((await lake.sessions()).map((row) => row['session_id'])).toEqual(['a', 'c']);
  });

  test('a line of 100 MB is rejected, and those around it are taken', async () => {
    const [first = '', , last = ''] = jsonLinesApart();
    const content = Buffer.concat([
      Buffer.from(`${first}{"sessionId":"`),
      Buffer.alloc(100 * 1024 * 1024, 'x'),
      Buffer.from(`"}\n${last}`),
    ]);

    const result = await lake.ingest('sessions', [content]);

    expect(result).toMatchObject({
      read: 3,
      rejected: { count: 1, first: [{ line: 2, text: 'record must have at most 16777216 bytes' }] },
      lake: { sessions: { written: 2 } },
    });
  });

  test('nested junk and keys given twice', async () => {
    const nested = `{"sessionId":"n","createdAt":"2026-07-01T00:00:00Z","x":${'['.repeat(900)}${']'.repeat(900)}}`;
    const deep = `{"sessionId":"d","createdAt":"2026-07-01T00:00:00Z","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const twice =
      '{"sessionId":"t","channel":"CHAT","createdAt":"2026-07-01T00:00:00Z","channel":"SMS"}';

    const result = await lake.ingest('sessions', [`${nested}\n${deep}\n${twice}\n`]);

    expect(result.read).toBe(3);
    expect(await lake.sessions()).toMatchObject(
      expect.arrayContaining([expect.objectContaining({ session_id: 't', channel: 'CHAT' })]),
    );
  });
});

describe('sources', () => {
  test('a pattern stands for its files in the order of their names, a name of a file for that file', async () => {
    const file = (name: string) => join(lake.folder, name);
    await writeFile(file('b-2.jsonl'), jsonLines({ ...SESSIONS[1], channel: 'SMS' }));
    await writeFile(file('b-1.jsonl'), jsonLines({ ...SESSIONS[1], channel: 'CHAT' }));
    await writeFile(file('[x]*.csv'), CSV);

    const fromPattern = await lake.ingest('sessions', [], { sources: [file('b-*.jsonl')] });
    const fromName = await lake.ingest('sessions', [], { sources: [file('[x]*.csv')] });
    const fromNothing = lake.ingest('sessions', [], { sources: [file('c-*.jsonl')] });

    expect(fromPattern.lake?.sessions).toEqual({ written: 1, unchanged: 0, superseded: 1 });
    expect(fromName.read).toBe(3);
    await expect(fromNothing).rejects.toThrow('there is no such file');
  });

  test.each([
    ['JSON Lines by default', [], LINES],
    ['what --format says', ['--format', 'csv'], CSV],
    ['what --format says, compressed', ['--format', 'csv.gz'], gzipSync(CSV)],
  ])('standard input is %s', (_, format, input) => {
    const args = [
      'ingest',
      'sessions',
      '-',
      ...format,
      '--data',
      join(lake.folder, 'data'),
      '--org',
      'acme',
      '--json',
    ];

    const ended = spawnSync(process.execPath, ['analytics/cli.ts', ...args], {
      input,
      encoding: 'utf8',
    });

    expect(JSON.parse(ended.stdout)).toMatchObject({
      kind: 'sessions',
      read: 3,
      rejected: { count: 0 },
      lake: { sessions: { written: 3, unchanged: 0, superseded: 0 } },
    });
  });
});
