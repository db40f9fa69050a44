// Learns that a lake has changed by what everything that changes one writes: its state, its settings,
// its lists of what was forgotten. Files are looked at, not read.

import { stat } from 'node:fs/promises';
import { ifMissing } from './ifMissing.ts';
import type { LakeLayout } from './layout.ts';

/** Once to begin with, and at each moment at which the lake is another than at the last time. */
export async function* lakeChanges(
  layout: LakeLayout,
  moments: AsyncIterable<unknown>,
): AsyncGenerator<void> {
  let seen = await versionOf(layout);
  yield;
  for await (const _ of moments) {
    const version = await versionOf(layout);
    if (version === seen) continue;
    seen = version; // before what is made of it, so that a change meanwhile is a change
    yield;
  }
}

async function versionOf(layout: LakeLayout): Promise<string> {
  const { stateFile, settingsFile, forgottenFile, expiredFile } = layout;
  const versions = [stateFile, settingsFile, forgottenFile, expiredFile].map(async (file) => {
    const found = await stat(file, { bigint: true }).catch(ifMissing(undefined));
    return found && `${found.ino}:${found.size}:${found.mtimeNs}`;
  });
  return (await Promise.all(versions)).join(' ');
}
