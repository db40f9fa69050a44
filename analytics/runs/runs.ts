// The Runs of one organisation: the same request over the same data is the same Run (SPEC 4). Finds
// them again after a restart, and forgets them when their time is over.

import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ProblemError } from '../../sql/contract/problem.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { formatOf } from '../formats/format.ts';
import { nodeDisk } from '../lake/disk.ts';
import { finishInterrupted } from '../lake/holdLake.ts';
import type { Organisation } from '../lake/organisation.ts';
import { earliestDay, planRun, type RunPlan } from './plan.ts';
import { openRecords, type RunRecord } from './record.ts';
import { openRemovals } from './removals.ts';
import { reportColumns } from './render.ts';
import { openRun, type Run, type RunTools } from './run.ts';
import { everyPart } from './runFile.ts';
import { openSnapshots } from './snapshot.ts';

export type RunsTools = Omit<RunTools, 'organisation' | 'snapshots' | 'records' | 'plan'>;

export interface Runs {
  /** The Run of this request over the data as it is now. Whoever wants it or reads it begins it. */
  find(run: ResolvedRun, subject: string): Promise<Run>;
  /** The problem is `unknown-run` when there is none. */
  get(id: string): Run;
  /** Those that the subject has asked for, the latest first. */
  list(subject: string): Run[];
  /** Forgets Runs that nobody has used since the instant. */
  forget(before: Date): Promise<void>;
  /**
   * Sees to it that the lake is whole, and forgets the Runs that may show what it no longer has, and all
   * that was made of them.
   */
  keepUp(): Promise<void>;
  /** Stops all work; a later process goes on with what is wanted still. */
  suspend(): void;
}

export async function openRuns(organisation: Organisation, tools: RunsTools): Promise<Runs> {
  const folder = tools.spool.folderOf(organisation.layout.organisation);
  const records = openRecords(join(folder, 'runs'));
  const snapshotFolder = join(folder, 'snapshot');
  await rm(snapshotFolder, { recursive: true, force: true }); // of a process that is gone
  const snapshots = openSnapshots(snapshotFolder, link);
  const removals = await openRemovals(organisation.layout, folder);
  const all = new Map<string, Run>();
  const headers = new Map<string, Promise<Uint8Array>>();
  const oneByOne = pLimit(1); // nobody passes while Runs are being forgotten

  function open(record: RunRecord, planned?: RunPlan): Run {
    const plan = (of: RunRecord) => planRun(organisation, of.run);
    const run = openRun(record, { ...tools, organisation, snapshots, records, plan }, planned);
    all.set(run.id, run);
    return run;
  }

  /** Binding a report's SQL takes longer than anything else before the first byte. */
  async function headerOf(plan: RunPlan): Promise<Uint8Array> {
    const { report, parameters } = plan.run;
    const { columns, grouping, messages, by, format, excel } = parameters;
    const key = JSON.stringify([report, columns, grouping, messages, by, format, excel]);
    const known = headers.get(key);
    if (known !== undefined) return known;
    const making = reportColumns(organisation, plan).then((found) =>
      formatOf(parameters).segmentFormat.header(found, parameters),
    );
    headers.set(key, making);
    making.catch(() => headers.delete(key));
    return making;
  }

  async function keepUp(): Promise<void> {
    await finishInterrupted(organisation.layout, nodeDisk);
    const removal = await removals.next();
    if (removal === undefined) return;
    for (const run of all.values()) {
      if (earliestDay(run.status().run.parameters) >= removal.before) continue;
      await run.forget();
      await records.remove(run.id);
      all.delete(run.id);
    }
    const { organisation: name } = organisation.layout;
    const kept = [...all.values()].map((run) => ({
      ...run.status(),
      organisation: name,
    }));
    await tools.spool.clear(name, kept.flatMap(everyPart));
    await removal.done();
  }

  /** Of work that its process did not end, only what somebody asked for as a Run is gone on with. */
  function asLeft(record: RunRecord): RunRecord {
    const isUnfinished = record.state === 'queued' || record.state === 'running';
    if (!isUnfinished || record.owners.length > 0) return record;
    return { ...record, state: 'cancelled', finishedAt: tools.now().toISOString() };
  }

  for (const record of await records.read()) open(asLeft(record));

  return {
    async find(run, subject) {
      const plan = await planRun(organisation, run);
      const header = await headerOf(plan);
      const known = all.get(plan.id);
      if (known !== undefined) {
        known.ask(subject, plan);
        return known;
      }
      tools.admission.assertRoom(organisation.layout.organisation);
      const startedAt = tools.now().toISOString();
      return open(
        {
          id: plan.id,
          run,
          askers: [subject],
          owners: [],
          state: 'queued',
          dataThrough: plan.dataThrough ?? null,
          header: Buffer.from(header).toString('base64'),
          segments: plan.segments.map(({ id }) => ({ id })),
          startedAt,
          finishedAt: null,
          usedAt: startedAt,
          rows: 0,
          bytes: 0,
          sha256: null,
          problem: null,
        },
        plan,
      );
    },
    get(id) {
      const run = all.get(id);
      if (run === undefined) throw new ProblemError({ kind: 'unknown-run' });
      return run;
    },
    list: (subject) =>
      [...all.values()]
        .filter((run) => run.isBegun && run.status().askers.includes(subject))
        .toSorted((one, other) => (one.status().startedAt < other.status().startedAt ? 1 : -1)),
    keepUp: () => oneByOne(keepUp),
    suspend() {
      for (const run of all.values()) run.suspend();
    },
    async forget(before) {
      for (const run of all.values()) {
        const isUsed = run.isRead || run.isWorking;
        if (isUsed || run.status().usedAt >= before.toISOString()) continue;
        all.delete(run.id);
        await records.remove(run.id);
      }
    },
  };
}
