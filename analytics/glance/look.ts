// A look at the lake for a Run that is not run yet: short statements over the files as they are at one
// moment, one look at a time, so that whoever only looks takes at most one thread from those who run.

import pLimit from 'p-limit';
import { ProblemError } from '../../sql/contract/problem.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { execute } from '../engine/statement.ts';
import { type FileVersion, fileVersion } from '../lake/days.ts';
import type { Organisation } from '../lake/organisation.ts';
import { type Coverage, coverRun, type Segment } from '../runs/plan.ts';
import { pointAt, type ReportCall } from '../runs/segmentStatement.ts';

/** Somebody waits for it, and will not wait longer. */
const MAX_LOOK_SECONDS = 10;

const ATTEMPTS = 2;

export type Files = Pick<Segment, 'sessionFiles' | 'transcriptFiles' | 'mergeFiles'>;

export interface Look {
  readonly organisation: Organisation;
  readonly coverage: Coverage;
  /** The rows of a statement over these files. */
  read(files: Files, call: ReportCall): Promise<readonly (readonly unknown[])[]>;
  /** The same with the names of its columns first. */
  readTable(
    files: Files,
    call: ReportCall,
  ): Promise<{ columns: readonly string[]; rows: readonly (readonly unknown[])[] }>;
}

export type Looks = <Result>(
  organisation: Organisation,
  run: ResolvedRun,
  gone: AbortSignal,
  at: (look: Look) => Promise<Result>,
) => Promise<Result>;

async function isAsItWas(files: Iterable<FileVersion>): Promise<boolean> {
  for (const { path, version } of files) {
    if ((await fileVersion(path))?.version !== version) return false;
  }
  return true;
}

async function lookOnce<Result>(
  organisation: Organisation,
  run: ResolvedRun,
  signal: AbortSignal,
  at: (look: Look) => Promise<Result>,
): Promise<Result | 'changed'> {
  const coverage = await coverRun(organisation, run);
  const used = new Map<string, FileVersion>();

  async function readTable(files: Files, { query, values }: ReportCall) {
    for (const file of Object.values(files).flat()) used.set(file.path, file);
    const setup = pointAt(files, ({ path }) => path);
    const reader = await execute(organisation.connections, { setup, sql: query, values }, signal);
    return { columns: reader.columnNames(), rows: reader.getRowsJS() };
  }

  const look: Look = {
    organisation,
    coverage,
    readTable,
    read: async (files, call) => (await readTable(files, call)).rows,
  };
  try {
    const result = await at(look);
    return (await isAsItWas(used.values())) ? result : 'changed';
  } catch (error) {
    if (signal.aborted || (await isAsItWas(used.values()))) throw error;
    return 'changed';
  }
}

/** An ingest that comes between makes it look again. */
export function openLooks(): Looks {
  const oneByOne = pLimit(1);

  return (organisation, run, gone, at) =>
    oneByOne(async () => {
      const timeOut = AbortSignal.timeout(MAX_LOOK_SECONDS * 1000);
      const signal = AbortSignal.any([gone, timeOut]);
      try {
        for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
          signal.throwIfAborted();
          const result = await lookOnce(organisation, run, signal, at);
          if (result !== 'changed') return result;
        }
      } catch (error) {
        if (!timeOut.aborted || gone.aborted) throw error;
        throw new ProblemError({ kind: 'run-timed-out', seconds: MAX_LOOK_SECONDS });
      }
      throw new ProblemError({ kind: 'data-changed' });
    });
}
