// A report as the service renders it, without HTTP: from an empty spool; then, when a day is named,
// the same again, and after that day's file has been replaced, until the Run is complete.

import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResolvedRun } from '../../../sql/contract/run.ts';
import { CommandFailure } from '../../failure.ts';
import { lakeLayout } from '../../lake/layout.ts';
import { openOrganisation } from '../../lake/organisation.ts';
import { KEEP_ALL } from '../../runs/execution.ts';
import { fileBytes } from '../../runs/fileBytes.ts';
import { DEFAULT_LIMITS } from '../../runs/limits.ts';
import { openSpool } from '../../runs/spool.ts';
import { openWorkshop } from '../../runs/workshop.ts';
import { stopwatch } from '../../stopwatch.ts';
import { watchUnderWay } from '../../underWay.ts';
import { answerJob } from '../child.ts';
import { drain, type Measurement } from '../measurement.ts';
import { peakMegabytes } from '../peakMemory.ts';
import { beforehand } from '../shape.ts';

export interface ReportJob {
  readonly dataDir: string;
  readonly organisation: string;
  readonly run: ResolvedRun;
  /** A folder that does not exist yet. */
  readonly spool: string;
  /** UTC day of the lake whose file gets a new version; without one the report is run only once. */
  readonly newDay?: string;
}

const SUBJECT = 'bench';

/** As the service has it: analytics/README.md. */
const MEMORY_LIMIT = '1GB';
const MAX_TEMP_SIZE = '10GB';

const now = () => new Date();

await answerJob(async (job: ReportJob): Promise<Measurement[]> => {
  const layout = lakeLayout(job.dataDir, job.organisation);
  const spool = await openSpool(job.spool, { ...DEFAULT_LIMITS, now });
  const organisation = await openOrganisation(layout, {
    spoolDirectory: join(job.spool, job.organisation),
    memoryLimit: MEMORY_LIMIT,
    maxTempDirectorySize: MAX_TEMP_SIZE,
  });
  const underWay = watchUnderWay();
  const workshop = openWorkshop({
    spool,
    limits: DEFAULT_LIMITS,
    underWay,
    lead: KEEP_ALL,
    now,
    onEnd: () => {},
  });
  const runs = await workshop.runsOf(organisation);

  const download = async (run: ResolvedRun) =>
    fileBytes(await (await runs.find(run, SUBJECT)).read(SUBJECT, undefined));

  async function measure(): Promise<Measurement> {
    const timed = await drain(() => download(job.run));
    return { ...timed, peakMegabytes: await peakMegabytes() };
  }

  async function measureCompletion(): Promise<Measurement> {
    const elapsed = stopwatch();
    const wanted = await runs.find(job.run, SUBJECT);
    await wanted.want(SUBJECT);
    await wanted.ended();
    const seconds = elapsed();
    const { state, bytes } = wanted.status();
    if (state !== 'complete') throw new CommandFailure(`Cannot measure a Run that is ${state}`);
    return { seconds, bytes, peakMegabytes: await peakMegabytes() };
  }

  try {
    await drain(() => download(beforehand(job.run)));
    const cold = await measure();
    if (job.newDay === undefined) return [cold];
    const again = await measure();
    const file = layout.sessionsFile(job.newDay);
    await copyFile(file, file + '.draft');
    await rename(file + '.draft', file);
    return [cold, again, await measureCompletion()];
  } finally {
    await workshop.suspend();
    await underWay.ended();
    await organisation.close();
  }
});
