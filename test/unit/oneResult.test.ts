// One Run, one result (SPEC 1, DESIGN 7.1): the same bytes as a Run, as a macro in plain DuckDB and
// from the command line, and however the Run is cut into segments.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { SESSION_COLUMNS } from '../../analytics/lake/parquet.ts';
import { writeRowsByDay } from '../../analytics/lake/sample/files.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import * as segments from '../../analytics/runs/segments.ts';
import { startProgram, untilEnd } from '../e2e/support/program.ts';
import { macroBytes, readRun, runBytes } from './support/reportBytes.ts';

vi.mock(import('../../analytics/runs/segments.ts'), { spy: true });

const SAMPLE = { sessions: 4000, days: 18, seed: 3, transcripts: true, until: '2026-08-05' };

const DETAIL = 'ai-sessions-detail';
const WITH_MESSAGES = 'ai-sessions-detail-with-messages';
const DAYS = { from: '2026-07-27', to: '2026-08-02' };

/** Each shape of statement, and filters that leave many rows, few and none. */
const RUNS: readonly (readonly [report: string, parameters: object])[] = [
  [DETAIL, { from: '2026-07-20', to: '2026-08-05' }],
  [DETAIL, { ...DAYS, recontacted: 'true', timezone: 'Asia/Kathmandu', grouping: 'week' }],
  [DETAIL, { ...DAYS, channel: ['SMS', 'VOICE'], outcome: ['handed_off', 'no_response'] }],
  [DETAIL, { ...DAYS, agent: ['Nobody'] }],
  [DETAIL, { ...DAYS, columns: 'extended', dates: 'iso' }],
  [DETAIL, { from: '2026-08-01', to: '2026-08-31', recontacted: 'pending', excel: true }],
  [WITH_MESSAGES, { from: '2026-07-28', to: '2026-07-30', formulaGuard: false }],
  [WITH_MESSAGES, { from: '2026-08-04', to: '2026-08-04', messages: 'json', columns: 'extended' }],
  ['ai-recontacts', DAYS],
];

/** Other sizes than the usual ones: every boundary that a segment can have, and none. */
const CUTS: Record<string, typeof segments.segmentBlocks> = {
  'one segment a day': (_first, _last, days) =>
    days.map(({ day, rows }) => ({ firstDay: day, lastDay: day, rows })),
  'one segment': (firstDay, lastDay) => [{ firstDay, lastDay, rows: 0 }],
};

let folder: string;
let layout: LakeLayout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  layout = lakeLayout(join(folder, 'data'), 'acme');
  await makeSample({ ...SAMPLE, layout });
});

afterEach(() => {
  vi.mocked(segments.segmentBlocks).mockReset();
});

afterAll(() => rm(folder, { recursive: true }));

const hyphenated = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function commandLineBytes(report: string, parameters: object): Promise<Buffer> {
  const options = Object.entries(parameters).flatMap(([name, values]) =>
    [values].flat().flatMap((value) => [`--${hyphenated(name)}`, String(value)]),
  );
  const lake = ['--data', join(folder, 'data'), '--org', 'acme'];
  const program = startProgram('cli.ts', ['run', report, ...lake, ...options], { temp: folder });
  return (await untilEnd(program)).stdout;
}

for (const [report, parameters] of RUNS) {
  describe(`${report} with ${JSON.stringify(parameters)}`, () => {
    const run = readRun(report, parameters);
    let bytes: string;

    beforeAll(async () => {
      bytes = (await runBytes(layout, run)).toString();
    });

    test('is the same as a macro in plain DuckDB', async () => {
      expect((await macroBytes(layout, run)).toString()).toBe(bytes);
    });

    test('is the same from the command line', async () => {
      expect((await commandLineBytes(report, parameters)).toString()).toBe(bytes);
    });

    for (const [name, cut] of Object.entries(CUTS)) {
      test(`is the same in ${name}`, async () => {
        vi.mocked(segments.segmentBlocks).mockImplementation(cut);
        expect((await runBytes(layout, run)).toString()).toBe(bytes);
        expect(segments.segmentBlocks).toHaveBeenCalledOnce();
      });
    }
  });
}

describe('a Run leaves out the sort where the files have the order', () => {
  const BOTH_DAYS = { from: '2026-07-01', to: '2026-07-02', timezone: 'UTC' };
  const SESSIONS_A_DAY = 150_000; // more than one row group
  const FILTERS: readonly object[] = [
    {},
    { timezone: 'Asia/Kathmandu' },
    { recontacted: 'true' },
    { recontacted: 'false', outcome: ['resolved'] },
    { customerId: ['c1', 'c2', 'c3'] },
    { sessionId: ['290000', '100000', '200000', '100001'] },
  ];
  let big: LakeLayout;

  beforeAll(async () => {
    big = lakeLayout(join(folder, 'data'), 'big');
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    const columns = Object.entries(SESSION_COLUMNS).map(([name, type]) => `${name} ${type}`);
    // Numbers of one length, in the order of created_at, several to an instant.
    await connection.run(`
      create table big (${columns.join(', ')});
      insert into big by name
      select
        (100000 + n)::varchar as session_id,
        'c' || hash(n) % 50000 as customer_id,
        timestamptz '2026-07-01 00:00:00+00'
          + to_seconds(n // 10 * 10 * 86400 / ${SESSIONS_A_DAY}) as created_at,
        true as was_responded_to,
        hash(n, 1) % 3 > 0 as was_resolved
      from range(2 * ${SESSIONS_A_DAY}) as numbers (n);
    `);
    await writeRowsByDay(connection, { relation: 'big', columns: SESSION_COLUMNS }, (day) =>
      big.sessionsFile(day),
    );
    connection.closeSync();
    instance.closeSync();
  });

  test('and its Parquet is the same however it is cut, in row groups of days that can be skipped', async () => {
    const run = readRun(DETAIL, { ...BOTH_DAYS, format: 'parquet' });
    const bytes = await runBytes(big, run);
    for (const cut of Object.values(CUTS)) {
      vi.mocked(segments.segmentBlocks).mockImplementation(cut);
      expect((await runBytes(big, run)).equals(bytes)).toBe(true);
    }
    const { row_groups: groups } = parquetMetadata(new Uint8Array(bytes).buffer);
    expect(groups.map((group) => Number(group.num_rows))).toEqual([122_880, 122_880, 54_240]);
    const extents = groups.map(({ columns }) => {
      const created = columns.find(
        ({ meta_data: about }) => about?.path_in_schema[0] === 'Created Date',
      );
      expect(created?.meta_data?.codec).toBe('ZSTD');
      return [created?.meta_data?.statistics?.min_value, created?.meta_data?.statistics?.max_value];
    });
    const instants = extents.flat().map((instant) => (instant as Date).getTime());
    expect(instants.toSorted((one, other) => one - other)).toEqual(instants);
    expect(new Date(instants[0] ?? 0).toISOString()).toBe('2026-07-01T00:00:00.000Z');
    const ids = parquetReadObjects({
      file: new Uint8Array(bytes).buffer,
      columns: ['Session ID'],
      compressors,
    });
    const order = (await ids).map((row) => row['Session ID'] as string);
    expect(order).toHaveLength(2 * SESSIONS_A_DAY);
    expect(order.toSorted()).toEqual(order);
  });

  for (const filter of FILTERS) {
    test(`and still comes in order with ${JSON.stringify(filter)}`, async () => {
      const csv = (await runBytes(big, readRun(DETAIL, { ...BOTH_DAYS, ...filter }))).toString();
      const ids = csv
        .split('\n')
        .slice(1, -1)
        .map((line) => line.slice(0, 6));
      expect(ids.length).toBeGreaterThan(3);
      expect(ids.toSorted()).toEqual(ids);
    });
  }
});
