// Runs without HTTP: one lake, a spool of its own, the workshop as the service has it.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { LakeLayout } from '../../../analytics/lake/layout.ts';
import { openOrganisation } from '../../../analytics/lake/organisation.ts';
import { KEEP_ALL } from '../../../analytics/runs/execution.ts';
import { fileBytes } from '../../../analytics/runs/fileBytes.ts';
import { DEFAULT_LIMITS, type RunLimits } from '../../../analytics/runs/limits.ts';
import type { Run as OpenRun, WorkEnd } from '../../../analytics/runs/run.ts';
import { openSpool } from '../../../analytics/runs/spool.ts';
import { openWorkshop } from '../../../analytics/runs/workshop.ts';
import { watchUnderWay } from '../../../analytics/underWay.ts';
import { type ResolvedRun, type Run, resolveRun } from '../../../sql/contract/run.ts';

export const ASKER = 'ana@example.com';

export interface RunnerOptions {
  readonly limits?: Partial<RunLimits>;
  readonly lead?: number;
  /** By default a new one, which goes when the runner is closed. */
  readonly spoolFolder?: string;
  readonly now?: () => Date;
}

/** Chunks that are the taker's to keep. */
async function* kept(bytes: AsyncGenerator<Uint8Array, void, undefined>) {
  for await (const chunk of bytes) yield new Uint8Array(chunk);
}

async function chunks(run: OpenRun, subject = ASKER) {
  return kept(fileBytes(await run.read(subject, undefined)));
}

export async function openRunner(layout: LakeLayout, options: RunnerOptions = {}) {
  const { lead = KEEP_ALL, now = () => new Date() } = options;
  const folder = options.spoolFolder ?? (await mkdtemp(join(tmpdir(), 'ai-sessions-')));
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const spool = await openSpool(folder, { ...limits, now });
  const own = spool.folderOf(layout.organisation);
  const organisation = await openOrganisation(layout, {
    spoolDirectory: own,
    memoryLimit: '500MB',
    maxTempDirectorySize: '1GB',
  });
  const underWay = watchUnderWay();
  const ended = vi.fn<(end: WorkEnd) => void>();
  const workshop = openWorkshop({ spool, limits, underWay, lead, now, onEnd: ended });
  const runs = await workshop.runsOf(organisation);

  const resolve = async (run: Run): Promise<ResolvedRun> => {
    const resolved = resolveRun(run, await organisation.settings(), now());
    if (!resolved.ok) throw new Error(JSON.stringify(resolved.faults));
    return resolved.value;
  };
  const find = async (run: Run, subject = ASKER): Promise<OpenRun> =>
    runs.find(await resolve(run), subject);
  return {
    organisation,
    spool,
    folder,
    runs,
    workshop,
    underWay,
    ended,
    find,
    chunks,
    /** The whole file. */
    bytes: async (run: Run | ResolvedRun) =>
      Buffer.concat(await Array.fromAsync(await chunks(await find(run)))),
    /** Names of the parts that lie in the spool, drafts among them. */
    parts: () => readdir(join(own, 'parts')).catch(() => [] as string[]),
    /** Names of the lake's files that Runs hold, each in a folder of its day. */
    async held() {
      const all = { recursive: true, withFileTypes: true } as const;
      const entries = await readdir(join(own, 'snapshot'), all).catch(() => []);
      const files = entries.filter((entry) => entry.isFile());
      return files.map(({ parentPath, name }) => join(parentPath, name));
    },
    async close() {
      await workshop.suspend();
      await underWay.ended();
      await organisation.close();
      if (options.spoolFolder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Runner = Awaited<ReturnType<typeof openRunner>>;
