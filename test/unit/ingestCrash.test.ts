// An ingest that ends at any of its writes, renames and syncs leaves a lake that keeps its promises,
// and that the same command completes.

import { cpSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { type Disk, nodeDisk } from '../../analytics/lake/disk.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { hashesOf, jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';

// a hundred ingests and checks, on a machine that may be busy
vi.setConfig({ testTimeout: 300_000 });

let lake: TestLake;
let snapshots: string;

beforeEach(async () => {
  lake = await openTestLake();
  snapshots = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterEach(async () => {
  await lake.remove();
  await rm(snapshots, { recursive: true });
});

const session = (sessionId: string, day: number, fields: object = {}) => ({
  sessionId,
  createdAt: `2026-07-0${day}T12:00:00Z`,
  ...fields,
});
const message = (sessionId: string, messageId: string) => ({
  sessionId,
  messageId,
  sentAt: '2026-07-01T12:00:00Z',
  author: 'CUSTOMER',
  text: `text of ${messageId}`,
});

/** The lake as it lies on the disk before each operation of the ingest, and after the last. */
async function snapshotsDuring(ingest: (disk: Disk) => Promise<unknown>): Promise<LakeLayout[]> {
  const taken: LakeLayout[] = [];
  const take = () => {
    const layout = lakeLayout(join(snapshots, String(taken.length)), 'acme');
    cpSync(lake.layout.root, layout.root, { recursive: true });
    taken.push(layout);
  };
  const operations = Object.entries(nodeDisk).map(([name, operation]) => [
    name,
    async (...args: [string, string]) => {
      if (name !== 'readText') take();
      return operation(...args);
    },
  ]);
  await ingest(Object.fromEntries(operations));
  take();
  return taken;
}

test('moves, joins and removals end whole wherever they are interrupted', async () => {
  await lake.ingest('sessions', [
    jsonLines(session('moves', 1), session('stays', 1), session('leaves-alone', 2)),
  ]);
  await lake.ingest('messages', [
    jsonLines(message('moves', 'a'), message('leaves-alone', 'b'), message('comes', 'c')),
  ]);
  const rows = [
    session('moves', 3),
    session('leaves-alone', 1),
    session('comes', 4),
    session('stays', 1, { channel: 'CHAT' }),
  ];
  const again = { dataThrough: '2026-07-05T00:00:00Z' };
  const taken = await snapshotsDuring((disk) =>
    lake.ingest('sessions', [jsonLines(...rows)], again, disk),
  );
  const undisturbed = await lake.hashes();

  let unfinished = 0;
  for (const layout of taken) {
    const { outcomes, isFinished } = await checkLake(layout, new Date());
    if (isFinished) unfinished += 1;
    expect(outcomes.filter(({ count }) => count > 0)).toEqual([]);
    await lake.ingest('sessions', [jsonLines(...rows)], { ...again, layout });
    expect(await hashesOf(layout.root)).toEqual(undisturbed);
  }
  expect(unfinished).toBeGreaterThan(0);
});

test('texts whose time is over go all together, wherever it is interrupted', async () => {
  const rows = jsonLines(
    session('old', 1, { handoffReason: 'words' }),
    session('new', 5, { handoffReason: 'words' }),
  );
  await lake.ingest('sessions', [rows]);
  const messages = [message('old', 'a'), message('new', 'b'), message('waits', 'c')];
  await lake.ingest('messages', [jsonLines(...messages)]);
  await writeFile(lake.layout.settingsFile, JSON.stringify({ retentionDays: 2 }));
  const again = { now: new Date('2026-07-06T00:00:00Z') };
  const taken = await snapshotsDuring((disk) => lake.ingest('sessions', [rows], again, disk));
  const undisturbed = await lake.hashes();

  let withTexts = 0;
  for (const layout of taken) {
    const { outcomes } = await checkLake(layout, again.now);
    const broken = outcomes.filter(({ count }) => count > 0);
    if (broken.length > 0) withTexts += 1;
    expect(broken).toMatchObject(broken.length > 0 ? [{ check: 'retention', count: 3 }] : []);
    await lake.ingest('sessions', [rows], { ...again, layout });
    expect(await hashesOf(layout.root)).toEqual(undisturbed);
  }
  expect(withTexts).toBeGreaterThan(0);
  expect(withTexts).toBeLessThan(taken.length);
});
