// Reports by the way of the service: a lake of Parquet on disk, and each request a Run that is planned,
// cut into segments, rendered and streamed. One organisation stays open while its files change.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { openOrganisation } from '../../analytics/lake/organisation.ts';
import { openSpool } from '../../analytics/runs/spool.ts';
import { streamRun } from '../../analytics/runs/stream.ts';
import { writeLake } from '../unit/support/writeLake.ts';
import { recordsOf } from './records.ts';
import type { Way } from './way.ts';

const ORGANISATION = 'acme';

export async function openRuns(): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(folder, ORGANISATION);
  await writeLake({ dataDir: folder, organisation: ORGANISATION, sessions: [] });
  const spool = await openSpool(folder);
  const organisation = await openOrganisation(layout, {
    spoolDirectory: spool.directory,
    memoryLimit: '500MB',
    maxTempDirectorySize: '1GB',
  });
  return {
    async load(lake) {
      await rm(layout.root, { recursive: true });
      await writeLake({ dataDir: folder, organisation: ORGANISATION, ...recordsOf(lake) });
    },
    async csv(run) {
      const { chunks } = await streamRun(organisation, spool, run, new AbortController().signal);
      return Buffer.concat(await Array.fromAsync(chunks)).toString();
    },
    async close() {
      organisation.close();
      await rm(folder, { recursive: true });
    },
  };
}
