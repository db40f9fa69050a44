// Makes a made-up but lifelike lake (SPEC 6): the same for the same seed, whole or not at all.
// Knows no clock and no terminal.

import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandFailure } from '../failure.ts';
import { type LakeLayout, lakeLayout } from './layout.ts';
import { dataThrough, type SampleCounts, type SampleShape, writeSample } from './sample/write.ts';

export interface SampleSettings extends SampleShape {
  /** Whose lake to make, and where; there must be none yet. */
  readonly layout: LakeLayout;
}

/** Makes the lake in a folder beside its place, then moves it there. */
export async function makeSample({ layout, ...shape }: SampleSettings): Promise<SampleCounts> {
  await refuseExisting(layout);
  const dataDir = dirname(layout.root);
  await mkdir(dataDir, { recursive: true });
  const building = await mkdtemp(join(dataDir, '.sample-'));
  try {
    const draft = lakeLayout(building, layout.organisation);
    await mkdir(draft.root);
    await writeJson(draft.settingsFile, {
      name: 'Acme Outfitters',
      timezone: 'America/Los_Angeles',
    });
    const counts = await writeSample(draft, shape, join(building, 'spill'));
    const through = dataThrough(shape);
    await writeJson(draft.stateFile, {
      schemaVersion: 1,
      dataThrough: through,
      // Not the clock's: the same seed makes the same file.
      ingestedAt: through,
      ...counts,
    });
    await refuseExisting(layout);
    await rename(draft.root, layout.root);
    return counts;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function refuseExisting({ root, organisation }: LakeLayout): Promise<void> {
  const exists = await access(root).then(
    () => true,
    () => false,
  );
  if (exists) {
    throw new CommandFailure(
      `Cannot make a sample: "${organisation}" already has a lake in ${root}; name another organisation with --org or another folder with --data`,
    );
  }
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
