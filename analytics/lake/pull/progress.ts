// How far a pull has come, kept beside the lake so that the next one goes on there. Touches one file.

import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { LocalDate } from '../../../sql/contract/localDate.ts';
import { ifMissing } from '../ifMissing.ts';
import type { LakeLayout } from '../layout.ts';

const Progress = v.object({
  /** Where the pull of the account began. */
  from: LocalDate,
  /** The last day that is in the lake as it will stay. */
  settledThrough: LocalDate,
});

export type Progress = v.InferOutput<typeof Progress>;

function progressFile({ pullDir }: LakeLayout): string {
  return join(pullDir, 'progress.json');
}

export async function readProgress(layout: LakeLayout): Promise<Progress | undefined> {
  const text = await readFile(progressFile(layout), 'utf8').catch(ifMissing(undefined));
  return text === undefined ? undefined : v.parse(Progress, JSON.parse(text));
}

export async function writeProgress(layout: LakeLayout, progress: Progress): Promise<void> {
  const file = progressFile(layout);
  await mkdir(dirname(file), { recursive: true });
  const draft = await open(`${file}.new`, 'w');
  try {
    await draft.writeFile(JSON.stringify(progress));
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${file}.new`, file);
}
