// An ingest that ends at any of its writes, renames and syncs leaves a lake that keeps its promises,
// and that the same command completes.

import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { type Disk, nodeDisk } from '../../analytics/lake/disk.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { hashesOf, jsonLines, openTestLake, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;
let snapshots: string;

beforeAll(async () => {
  lake = await openTestLake();
  snapshots = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterAll(async () => {
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
    const { outcomes, isFinished } = await checkLake(layout);
    if (isFinished) unfinished += 1;
    expect(outcomes.filter(({ count }) => count > 0)).toEqual([]);
    await lake.ingest('sessions', [jsonLines(...rows)], { ...again, layout });
    expect(await hashesOf(layout.root)).toEqual(undisturbed);
  }
  expect(unfinished).toBeGreaterThan(0);
});
