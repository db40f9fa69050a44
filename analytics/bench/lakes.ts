// The lakes to measure: a sample of the asked-for size, and the same with its days repeated back over
// years, for what does not read them. Each is there whole or not at all.

import { copyFile, link, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addDays } from '../../sql/contract/localDate.ts';
import { listDays } from '../lake/days.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { type LakeLayout, lakeLayout } from '../lake/layout.ts';
import { runChild } from './child.ts';
import { LAST_DAY, type LakeShape, organisationOf } from './shape.ts';

const isThere = async (path: string) =>
  (await stat(path).catch(ifMissing(undefined))) !== undefined;

/** Makes the sample unless it is there: in a process of its own, because that takes much memory. */
export async function sampleLake(
  dataDir: string,
  shape: LakeShape,
  signal: AbortSignal,
): Promise<LakeLayout> {
  const layout = lakeLayout(dataDir, organisationOf(shape));
  if (await isThere(layout.root)) return layout;
  const job: SampleJob = { dataDir, shape };
  await runChild(new URL('children/sample.ts', import.meta.url), job, signal);
  return layout;
}

export interface SampleJob {
  readonly dataDir: string;
  readonly shape: LakeShape;
}

/**
 * The lake with sessions of so many days, ending at its own last one. Days before its first are links to
 * its own files: rows of other dates, which only a reader of those days would see.
 */
export async function stretchedLake(
  { organisation, root, ...lake }: LakeLayout,
  days: number,
): Promise<LakeLayout> {
  const dataDir = dirname(root);
  const target = lakeLayout(dataDir, `${organisation}-of-${days}`);
  if (await isThere(target.root)) return target;
  const own = await listDays({ organisation, root, ...lake }, '0000', '9999', false);
  const building = await mkdtemp(join(dataDir, '.stretch-'));
  try {
    const draft = lakeLayout(building, target.organisation);
    for (let back = 0; back < days; back += 1) {
      const source = own.at(-1 - (back % own.length));
      if (source === undefined) throw new Error('Cannot stretch a lake without days');
      const file = draft.sessionsFile(addDays(LAST_DAY, -back));
      await mkdir(dirname(file), { recursive: true });
      await link(source.sessions.path, file);
    }
    await mkdir(dirname(draft.mergesFile));
    await copyFile(lake.mergesFile, draft.mergesFile);
    await copyFile(lake.settingsFile, draft.settingsFile);
    await copyFile(lake.stateFile, draft.stateFile);
    await rename(draft.root, target.root);
    return target;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
