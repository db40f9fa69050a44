// Removes the texts whose time is over (`retentionDays` in org.json) without waiting for an ingest:
// it is an ingest of nothing.

import { CommandFailure } from '../../failure.ts';
import { ingest } from '../ingest/ingest.ts';
import type { LakeLayout } from '../layout.ts';
import type { AroundRemoval, Removal } from '../removal.ts';
import { readSettings } from '../settings.ts';

/** Undefined when there was nothing to remove. */
export async function forgetExpired(
  layout: LakeLayout,
  now: Date,
  aroundRemoval: AroundRemoval,
): Promise<Removal | undefined> {
  const { retentionDays } = await readSettings(layout);
  if (retentionDays === undefined) {
    throw new CommandFailure(
      `Cannot forget: ${layout.settingsFile} does not say how long texts are kept; set "retentionDays"`,
    );
  }
  const nothing = { kind: 'sessions', sources: [], strict: false } as const;
  const { lake } = await ingest({ ...nothing, layout, now, aroundRemoval });
  return lake?.expired;
}
