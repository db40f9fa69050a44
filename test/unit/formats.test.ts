// Every report in each of its formats (SPEC 3.6), through the service, read back by readers that we did
// not write: the same columns and the same rows, in the same order. Then what types they have.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { parquetMetadata, parquetSchema } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../analytics/commands/run.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { FORMATS, type FormatName } from '../../sql/contract/format.ts';
import { GROUPINGS, type Grouping } from '../../sql/contract/parameters.ts';
import { openServiceApp, type ServiceApp } from '../e2e/support/serviceApp.ts';
import { FORMAT_READERS, type ShownTable } from './support/formatReaders.ts';
import { readRun } from './support/reportBytes.ts';

const SAMPLE = { sessions: 900, days: 34, seed: 2, transcripts: true, until: '2026-08-02' };
const NOW = new Date('2026-08-03T12:00:00Z');
const ZONE = 'America/Los_Angeles';

let folder: string;
let service: ServiceApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  await makeSample({ ...SAMPLE, layout: lakeLayout(folder, 'acme') });
  service = await openServiceApp(folder, NOW);
});

afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const RANGE = { from: '2026-07-01', to: '2026-07-31', timezone: ZONE, formulaGuard: false };

async function download(report: string, parameters: object, format: FormatName): Promise<Buffer> {
  const response = await service.download({ report, parameters: { ...parameters, format } });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

async function readAll(format: FormatName, bytes: Buffer): Promise<[string, ShownTable][]> {
  const readers = Object.entries(FORMAT_READERS[format]);
  const place = { folder, zone: ZONE };
  return Promise.all(
    readers.map(
      async ([name, read]): Promise<[string, ShownTable]> => [name, await read(bytes, place)],
    ),
  );
}

async function shownAsCsv(report: string, parameters: object): Promise<ShownTable> {
  const [[, csv] = []] = await readAll('csv', await download(report, parameters, 'csv'));
  return csv ?? { columns: [], rows: [] };
}

const DETAIL = 'ai-sessions-detail';
const WITH_MESSAGES = 'ai-sessions-detail-with-messages';

const requests: readonly [report: string, parameters: object][] = [
  [DETAIL, {}],
  [DETAIL, { grouping: 'week', columns: 'extended', formulaGuard: true }],
  [WITH_MESSAGES, { to: '2026-07-08' }],
  [WITH_MESSAGES, { to: '2026-07-08', grouping: 'month', messages: 'json', columns: 'extended' }],
  ['ai-recontacts', {}],
  ['ai-recontacts', { grouping: 'day' }],
  ['ai-sessions-summary', { grouping: 'day' }],
  ['ai-sessions-summary', { grouping: 'none', by: 'agent' }],
  ['ai-handoff-reasons', { grouping: 'quarter' }],
  ['ai-guides', { grouping: 'week', weekStart: 'sunday' }],
];

describe.each(requests)('%s with %j', (report, more) => {
  const parameters = { ...RANGE, ...more };
  let csv: ShownTable;

  beforeAll(async () => {
    csv = await shownAsCsv(report, parameters);
    expect(csv.rows.length).toBeGreaterThan(1);
  });

  test.each(FORMATS)('as %s tells the same', async (format) => {
    const tables = await readAll(format, await download(report, parameters, format));
    for (const [reader, table] of tables) expect(table, reader).toEqual(csv);
  });

  test.each(FORMATS)('as %s has its columns also without any rows', async (format) => {
    const none = { ...parameters, to: RANGE.from, sessionId: ['nobody'] };
    const tables = await readAll(format, await download(report, none, format));
    const columns = format === 'jsonl' ? [] : csv.columns;
    for (const [reader, table] of tables) expect(table, reader).toEqual({ columns, rows: [] });
  });
});

test.each(FORMATS)('a Run of no days has its columns as %s', async (format) => {
  const before = { ...RANGE, from: '2020-01-01', to: '2020-01-02' };
  const tables = await readAll(format, await download(DETAIL, before, format));
  const { columns } = await shownAsCsv(DETAIL, before);
  expect(columns).toHaveLength(16);
  for (const [reader, table] of tables) {
    expect(table, reader).toEqual({ columns: format === 'jsonl' ? [] : columns, rows: [] });
  }
});

test.each(FORMATS)('run writes the bytes of the download: %s', async (format) => {
  const output = join(folder, `report.${format}`);
  const { from, to, timezone } = RANGE;
  const lake = ['--data', folder, '--org', 'acme'];
  const asked = ['--from', from, '--to', to, '--timezone', timezone, '--format', format];
  await runCommand().parseAsync([DETAIL, ...lake, ...asked, '--output', output], { from: 'user' });
  const bytes = await download(DETAIL, { from, to, timezone }, format);
  expect((await readFile(output)).equals(bytes)).toBe(true);
});

/** Of each column, its type in Arrow and in Parquet. */
async function typesOf(report: string, parameters: object) {
  const { schema } = tableFromIPC(await download(report, parameters, 'arrow'));
  const parquet = new Uint8Array(await download(report, parameters, 'parquet')).buffer;
  const elements = parquetSchema(parquetMetadata(parquet)).children.map(({ element }) => element);
  return Object.fromEntries(
    schema.fields.map(({ name, type }, index) => {
      const element = elements[index];
      return [name, [String(type), element?.converted_type ?? element?.type]];
    }),
  );
}

const TEXT = ['Utf8', 'UTF8'];
const REPEATING = ['Dictionary<Int16, Utf8>', 'UTF8'];
const FLAG = ['Bool', 'BOOLEAN'];
const INSTANT = [`Timestamp<MICROSECOND, ${ZONE}>`, 'TIMESTAMP_MICROS'];
const DAY = ['Date32<DAY>', 'DATE'];
const RATIO = ['Decimal[18e+4]', 'DECIMAL'];

test('the columns of a session have types', async () => {
  expect(await typesOf(DETAIL, { ...RANGE, columns: 'extended', dates: 'iso' })).toEqual({
    'Session ID': TEXT,
    'Customer ID': TEXT,
    'Conversation ID': TEXT,
    Channel: REPEATING,
    'Gladly Agent': REPEATING,
    'Guides Used': REPEATING,
    'Created Date': INSTANT,
    'Was Handed Off': FLAG,
    'Was Resolved': FLAG,
    'Was Recontacted Resolution - 24 Hours': FLAG,
    'Was Responded To': FLAG,
    'Handoff Category': REPEATING,
    'Handoff Subcategory': REPEATING,
    'Handoff Reason': TEXT,
    'Transfer Rationale': TEXT,
    'Conversation Link': TEXT,
    Outcome: REPEATING,
    'Recontact Status': REPEATING,
    'Next Session ID': TEXT,
    'Hours To Next Session': RATIO,
    'Ended At': INSTANT,
    'Updated At': INSTANT,
  });
});

test('the columns of a count have types', async () => {
  const types = await typesOf('ai-sessions-summary', { ...RANGE, grouping: 'day', by: 'channel' });
  expect(types).toMatchObject({
    'Created Date': DAY,
    Channel: REPEATING,
    Sessions: ['Int64', 'INT_64'],
    'Resolution Rate': RATIO,
  });
});

test.each([DETAIL, 'ai-recontacts', 'ai-guides'])(
  '%s: Created is typed by grouping',
  async (report) => {
    const created: Record<Grouping, [header: string, type: unknown]> = {
      none: ['Created Date', report === 'ai-guides' ? undefined : INSTANT],
      day: ['Created Date', DAY],
      week: ['Created Week', DAY],
      month: ['Created Month', REPEATING],
      quarter: ['Created Quarter', REPEATING],
      year: ['Created Year', REPEATING],
    };
    for (const grouping of GROUPINGS) {
      const types = await typesOf(report, { ...RANGE, to: '2026-07-05', grouping });
      const [header, type] = created[grouping];
      expect(types[header], grouping).toEqual(type);
    }
  },
);

test('a typed instant keeps its microseconds, and is in UTC in Parquet', async () => {
  const parameters = { ...RANGE, to: '2026-07-02' };
  const table = tableFromIPC(await download(DETAIL, parameters, 'arrow'));
  const micros = table.getChild('Created Date')?.data.flatMap(({ values }) => [...values]) ?? [];
  expect(micros.some((value) => value % 1000n !== 0n)).toBe(true);
  const file = new Uint8Array(await download(DETAIL, parameters, 'parquet')).buffer;
  const created = parquetSchema(parquetMetadata(file)).children.find(
    ({ element }) => element.name === 'Created Date',
  );
  expect(created?.element.logical_type).toEqual({
    type: 'TIMESTAMP',
    isAdjustedToUTC: true,
    unit: 'MICROS',
  });
});

test('text that could run as a formula is guarded in CSV, and as it is in the others', () => {
  const guards = FORMATS.map((format) => [
    format,
    readRun('ai-sessions-detail', { format }).parameters.formulaGuard,
  ]);
  expect(guards).toEqual([
    ['csv', true],
    ['csv.gz', true],
    ['csv.zst', true],
    ['jsonl', false],
    ['parquet', false],
    ['arrow', false],
  ]);
});

test('a byte order mark is for CSV only', () => {
  for (const format of FORMATS.filter((name) => !name.startsWith('csv'))) {
    expect(() => readRun('ai-sessions-detail', { format, excel: true })).toThrow(/is for CSV only/);
  }
});
