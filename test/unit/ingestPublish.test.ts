// Files of a lake are replaced together or not at all, wherever the power goes.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Disk, nodeDisk } from '../../analytics/lake/disk.ts';
import { type LakeLayout, lakeLayout } from '../../analytics/lake/layout.ts';
import { clearWork, finishPublication, openPublication } from '../../analytics/lake/publish.ts';
import { openModelDisk, PowerLoss } from './support/modelDisk.ts';

describe('openPublication', () => {
  let folder: string;
  let layout: LakeLayout;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
    layout = lakeLayout(folder, 'acme');
    file = layout.sessionsFile('2026-07-01');
    await mkdir(layout.workDir, { recursive: true });
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function publish(content: string): Promise<void> {
    const publication = openPublication(layout, nodeDisk);
    await writeFile(await publication.draft(file), content);
    await publication.publish();
  }

  test('readers see the old file until publish, then the new one, and nothing is left of the work', async () => {
    await publish('old');
    const publication = openPublication(layout, nodeDisk);

    await writeFile(await publication.draft(file), 'new');
    const before = await readFile(file, 'utf8');
    await publication.publish();
    await clearWork(layout, nodeDisk);

    expect([before, await readFile(file, 'utf8')]).toEqual(['old', 'new']);
    expect(await readdir(layout.root)).toEqual(['sessions']);
  });

  test('replaces the file rather than writing into it, so that an open reader keeps its own', async () => {
    await publish('old');
    const before = await stat(file);
    await publish('new');

    expect((await stat(file)).ino).not.toBe(before.ino);
  });

  test('withdraw takes the file away at publish, with its folder when that is empty', async () => {
    await publish('old');
    const publication = openPublication(layout, nodeDisk);
    await writeFile(await publication.draft(file), '');
    publication.withdraw(file);
    const before = await readFile(file, 'utf8');

    await publication.publish();

    expect(before).toBe('old');
    expect(await readdir(layout.sessionsDir)).toEqual([]);
  });

  test('a draft that was never written publishes nothing at all', async () => {
    const publication = openPublication(layout, nodeDisk);
    await writeFile(await publication.draft(layout.stateFile), 'new');
    await publication.draft(file);

    await expect(publication.publish()).rejects.toThrow('is missing');
    await clearWork(layout, nodeDisk);

    expect(await readdir(layout.root)).toEqual([]);
  });

  test('a failure on the way keeps what is needed to finish', async () => {
    let renames = 0;
    const full: Disk = {
      ...nodeDisk,
      rename: (from, to) =>
        ++renames > 1 ? Promise.reject(new Error('ENOSPC')) : nodeDisk.rename(from, to),
    };
    const publication = openPublication(layout, full);
    await writeFile(await publication.draft(file), 'new');

    await expect(publication.publish()).rejects.toThrow('ENOSPC');
    await clearWork(layout, nodeDisk);
    const isFinished = await finishPublication(layout, nodeDisk);

    expect(isFinished).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('new');
  });
});

describe('a power loss', () => {
  const layout = lakeLayout('/data', 'acme');
  const day = (number: number) => layout.sessionsFile(`2026-07-0${number}`);
  const BEFORE = {
    '/data/': '',
    '/data/acme/': '',
    '/data/acme/lake.json': 'old',
    '/data/acme/sessions/': '',
    '/data/acme/sessions/day=2026-07-01/': '',
    [day(1)]: 'old',
    '/data/acme/sessions/day=2026-07-02/': '',
    [day(2)]: 'old',
    '/data/acme/.ingest/': '',
  };
  const AFTER = {
    '/data/': '',
    '/data/acme/': '',
    '/data/acme/lake.json': 'new',
    '/data/acme/sessions/': '',
    '/data/acme/sessions/day=2026-07-01/': '',
    [day(1)]: 'new',
    '/data/acme/sessions/day=2026-07-03/': '',
    [day(3)]: 'new',
  };
  const { '/data/acme/.ingest/': _, ...OLD } = BEFORE;

  async function publishTo(disk: Disk): Promise<void> {
    const publication = openPublication(layout, disk);
    await disk.writeText(await publication.draft(day(3)), 'new');
    await disk.writeText(await publication.draft(day(1)), 'new');
    publication.withdraw(day(2));
    await disk.writeText(await publication.draft(layout.stateFile), 'new');
    await publication.publish();
  }

  /** What the next writer does first. */
  async function recover(disk: Disk): Promise<void> {
    await finishPublication(layout, disk);
    await clearWork(layout, disk);
  }

  /** The number of operations that the work takes when nothing happens. */
  async function countSteps(work: (disk: Disk) => Promise<void>): Promise<number> {
    const disk = openModelDisk(BEFORE);
    await work(disk);
    return disk.steps;
  }

  const work = (disk: Disk) => publishTo(disk).then(() => recover(disk));

  test('at any operation leaves the lake as it was or as it is after', async () => {
    const steps = await countSteps(work);
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: steps + 1 }),
      fc.integer({ min: 1, max: steps + 1 }),
      fc.infiniteStream(fc.boolean()),
      async (firstLoss, secondLoss, survivals) => {
        const survives = () => survivals.next().value;
        const disk = openModelDisk(BEFORE, firstLoss);
        await work(disk).catch(ignorePowerLoss);
        const again = disk.restart(survives, secondLoss);
        await recover(again).catch(ignorePowerLoss);
        const last = again.restart(survives);
        await recover(last);

        expect([OLD, AFTER]).toContainEqual(last.tree());
      },
    );
    await fc.assert(property, { numRuns: 2000 });
  });

  test('after the end takes nothing back', async () => {
    const disk = openModelDisk(BEFORE);
    await publishTo(disk);

    const last = disk.restart(() => false);
    await recover(last);

    expect(last.tree()).toEqual(AFTER);
  });

  test('of the process alone leaves everything that it has done', async () => {
    for (let loss = 1; loss <= (await countSteps(work)); loss += 1) {
      const disk = openModelDisk(BEFORE, loss);
      await work(disk).catch(ignorePowerLoss);
      const last = disk.restart(() => true);
      await recover(last);

      expect([OLD, AFTER]).toContainEqual(last.tree());
    }
  });
});

function ignorePowerLoss(error: unknown): void {
  if (!(error instanceof PowerLoss)) throw error;
}
