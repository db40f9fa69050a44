// Reports by the way of the service: a lake of Parquet on disk, and each request a Run that is planned,
// cut into segments, rendered and streamed. One organisation stays open while its files change.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { openRunner } from '../unit/support/runner.ts';
import { writeLake } from '../unit/support/writeLake.ts';
import { recordsOf } from './records.ts';
import type { Way } from './way.ts';

const ORGANISATION = 'acme';

export async function openRuns(): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(folder, ORGANISATION);
  await writeLake({ dataDir: folder, organisation: ORGANISATION, sessions: [] });
  const runner = await openRunner(layout);
  return {
    async load(lake) {
      await rm(layout.root, { recursive: true });
      await writeLake({ dataDir: folder, organisation: ORGANISATION, ...recordsOf(lake) });
    },
    csv: async (run) => (await runner.bytes(run)).toString(),
    async close() {
      await runner.close();
      await rm(folder, { recursive: true });
    },
  };
}
