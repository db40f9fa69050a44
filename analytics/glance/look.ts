// A look at the lake for a Run that is not run yet: short statements over the files as they are at one
// moment, one look at a time, so that whoever only looks takes at most one thread from those who run.

import { addDays } from '../../sql/contract/localDate.ts';
import { type Problem, ProblemError } from '../../sql/contract/problem.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { execute } from '../engine/statement.ts';
import { type Day, type FileVersion, fileVersion } from '../lake/days.ts';
import type { Organisation } from '../lake/organisation.ts';
import { type AdmissionLimits, openAdmission } from '../runs/admission.ts';
import { problemOf } from '../runs/failure.ts';
import { type Coverage, coverRun, type Segment } from '../runs/plan.ts';
import { pointAt, type ReportCall } from '../runs/segmentStatement.ts';

/** Somebody waits for it, and will not wait longer. */
const MAX_LOOK_SECONDS = 10;

const ATTEMPTS = 2;

/** In the whole service; of one caller, as many may wait as a few pages ask for. */
const ADMISSION: AdmissionLimits = {
  runsAtOnce: 1,
  runsPerOrganisation: 1,
  queueLength: 10,
  queueWaitMs: 30_000,
};

const CANCELLED: Problem = { kind: 'run-cancelled' };

export type Files = Pick<Segment, 'sessionFiles' | 'transcriptFiles' | 'mergeFiles'>;

/** A UTC day and some of its sessions. */
export interface DaySessions {
  readonly day: string;
  readonly sessions: number;
}

type Rows = readonly (readonly unknown[])[];

export interface Look {
  readonly coverage: Coverage;
  /** The days that can hold sessions that the Run is about, in order, with all that each holds. */
  readonly days: readonly DaySessions[];
  /** What the report of these days is read from: their files, and those of the day after each. */
  filesOf(days: readonly DaySessions[]): Files;
  /** The rows of a statement over these files; rejects with the signal's reason when that aborts. */
  read(files: Files, call: ReportCall, patience?: AbortSignal): Promise<Rows>;
  /** The same with the names of its columns first. */
  readTable(files: Files, call: ReportCall): Promise<{ columns: readonly string[]; rows: Rows }>;
}

export interface Asker {
  readonly subject: string;
  /** Aborts when the asker has gone away. */
  readonly gone: AbortSignal;
}

export type Looks = <Result>(
  organisation: Organisation,
  run: ResolvedRun,
  asker: Asker,
  at: (look: Look) => Promise<Result>,
) => Promise<Result>;

async function isAsItWas(files: Iterable<FileVersion>): Promise<boolean> {
  for (const { path, version } of files) {
    if ((await fileVersion(path))?.version !== version) return false;
  }
  return true;
}

/** Whether a resolution held is known 24 hours later (SPEC 3.4), so that only the last days are pending. */
function relevantDays({ run, days: all, dataThrough }: Coverage): readonly Day[] {
  if (run.parameters.recontacted !== 'pending' || dataThrough === undefined) return all;
  const firstPending = addDays(new Date(dataThrough).toISOString().slice(0, 10), -1);
  return all.filter(({ day }) => day >= firstPending);
}

function filesOf({ withLookAhead, mergeFiles }: Coverage, days: readonly DaySessions[]): Files {
  const own = new Set(days.map(({ day }) => day));
  const read = withLookAhead.filter(({ day }) => own.has(day) || own.has(addDays(day, -1)));
  return {
    sessionFiles: read.map(({ sessions }) => sessions),
    transcriptFiles: read.flatMap(({ day, transcripts }) =>
      own.has(day) && transcripts !== undefined ? [transcripts] : [],
    ),
    mergeFiles,
  };
}

async function lookOnce<Result>(
  organisation: Organisation,
  run: ResolvedRun,
  signal: AbortSignal,
  at: (look: Look) => Promise<Result>,
): Promise<Result | 'changed'> {
  const coverage = await coverRun(organisation, run);
  const relevant = relevantDays(coverage);
  const counted = relevant.map(({ sessions }) => sessions);
  const used = new Map(counted.map((file) => [file.path, file]));

  async function readTable(files: Files, { query, values }: ReportCall, patience?: AbortSignal) {
    for (const file of Object.values(files).flat()) used.set(file.path, file);
    const setup = pointAt(files, ({ path }) => path);
    const either = patience === undefined ? signal : AbortSignal.any([signal, patience]);
    const reader = await execute(organisation.connections, { setup, sql: query, values }, either);
    return { columns: reader.columnNames(), rows: reader.getRowsJS() };
  }

  try {
    const rows = await organisation.countRows(counted);
    const result = await at({
      coverage,
      days: relevant.map(({ day }, index) => ({ day, sessions: rows[index] ?? 0 })),
      filesOf: (days) => filesOf(coverage, days),
      readTable,
      read: async (files, call, patience) => (await readTable(files, call, patience)).rows,
    });
    return (await isAsItWas(used.values())) ? result : 'changed';
  } catch (error) {
    if (signal.aborted || (await isAsItWas(used.values()))) throw error;
    return 'changed';
  }
}

/** An ingest that comes between makes it look again. */
async function look<Result>(
  organisation: Organisation,
  run: ResolvedRun,
  gone: AbortSignal,
  at: (look: Look) => Promise<Result>,
): Promise<Result> {
  const timeOut = AbortSignal.timeout(MAX_LOOK_SECONDS * 1000);
  const signal = AbortSignal.any([gone, timeOut]);
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      signal.throwIfAborted();
      const result = await lookOnce(organisation, run, signal, at);
      if (result !== 'changed') return result;
    }
  } catch (error) {
    if (gone.aborted || !timeOut.aborted) throw error;
    throw new ProblemError({ kind: 'run-timed-out', seconds: MAX_LOOK_SECONDS });
  }
  throw new ProblemError({ kind: 'data-changed' });
}

export function openLooks(): Looks {
  const admission = openAdmission(ADMISSION);

  return async (organisation, run, { subject, gone }, at) => {
    try {
      const leave = await admission.enter(`${organisation.layout.organisation} ${subject}`, gone);
      try {
        return await look(organisation, run, gone, at);
      } finally {
        leave();
      }
    } catch (error) {
      if (gone.aborted) throw new ProblemError(CANCELLED);
      const problem = problemOf(error);
      throw problem.kind === 'run-failed' ? error : new ProblemError(problem);
    }
  };
}
