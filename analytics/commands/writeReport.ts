// Renders one report to a file or to standard output, by the same path as the service. The bytes are
// those of the download.

import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import type { RunParameters } from '../../sql/contract/parameters.ts';
import { type Fault, problemDocument } from '../../sql/contract/problem.ts';
import type { ReportName } from '../../sql/contract/report.ts';
import { resolveRun } from '../../sql/contract/run.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import type { LakeLayout } from '../lake/layout.ts';
import { openOrganisation } from '../lake/organisation.ts';
import { fileBytes } from '../runs/fileBytes.ts';
import { DEFAULT_LIMITS } from '../runs/limits.ts';
import type { Run } from '../runs/run.ts';
import { openSpool } from '../runs/spool.ts';
import { openWorkshop } from '../runs/workshop.ts';
import { watchUnderWay } from '../underWay.ts';
import { type EngineOptions, scratchOf } from './engineOptions.ts';
import { isSystemError, reasonOf } from './told.ts';

/** Segments rendered ahead of what has been written: a slow reader must not fill the disk. */
const SEGMENTS_AHEAD = 4;

const UNLIMITED = {
  ...DEFAULT_LIMITS,
  maxRunMs: 2 ** 31 - 1,
  maxBytes: Number.POSITIVE_INFINITY,
};

const now = () => new Date();

const SUBJECT = 'command line';

export interface ReportRequest {
  readonly report: ReportName;
  readonly parameters: RunParameters;
  /** A file, or `-`. */
  readonly output: string;
}

interface Options extends EngineOptions {
  readonly data: string;
}

export function refuse(faults: readonly Fault[]): never {
  const { detail } = problemDocument({ kind: 'invalid-run', faults });
  throw new UsageError(`Cannot run the report: ${detail}`);
}

/** What was written, in a line; when it is stopped, throws why. */
export async function writeReport(
  layout: LakeLayout,
  { report, parameters, output }: ReportRequest,
  options: Options,
  stop: AbortSignal,
): Promise<string> {
  const scratch = await scratchOf(options);
  const underWay = watchUnderWay();
  try {
    const spool = await openSpool(scratch.directory, { ...UNLIMITED, now });
    const organisation = await openOrganisation(layout, {
      spoolDirectory: spool.folderOf(layout.organisation),
      memoryLimit: options.memoryLimit,
      maxTempDirectorySize: options.maxTempSize,
    });
    const defaults = await organisation.settings();
    const resolved = resolveRun({ report, parameters }, defaults, now());
    if (!resolved.ok) refuse(resolved.faults);
    const workshop = openWorkshop({
      spool,
      limits: UNLIMITED,
      underWay,
      lead: SEGMENTS_AHEAD,
      now,
      onEnd: () => {},
    });
    const runs = await workshop.runsOf(organisation);
    const one = await runs.find(resolved.value, SUBJECT);
    try {
      await write(one, output, stop);
    } finally {
      await workshop.suspend();
      await underWay.ended();
      await organisation.close();
    }
    const { rows, bytes, sha256 } = one.status();
    return `${rows} rows, ${bytes} bytes, SHA-256 ${sha256}`;
  } finally {
    await scratch.close();
  }
}

/** A file appears under its name only when it is whole. */
async function write(one: Run, output: string, stop: AbortSignal): Promise<void> {
  if (output === '-') return copy(one, process.stdout, false, stop);
  const target = resolve(output);
  const draft = `${target}.${process.pid}.partial`;
  const file = await open(draft, 'wx').catch((error: Error) => {
    throw new CommandFailure(`Cannot write "${output}": ${reasonOf(error)}`);
  });
  try {
    await copy(one, file.createWriteStream({ flush: true }), true, stop);
    await rename(draft, target);
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    if (!isSystemError(error) || error.syscall !== 'write') throw error;
    throw new CommandFailure(`Cannot write "${output}": ${reasonOf(error)}`);
  }
}

async function copy(
  one: Run,
  to: NodeJS.WritableStream,
  end: boolean,
  stop: AbortSignal,
): Promise<void> {
  const reader = await one.read(SUBJECT, undefined);
  const bar = new SingleBar({
    format: 'Run {bar} {percentage} %, {rows} rows',
    noTTYOutput: false,
  });
  bar.start(100, 0, { rows: 0 });
  async function* shown() {
    for await (const chunk of fileBytes(reader)) {
      yield new Uint8Array(chunk); // a stream may still hold it when the next one is asked for
      const { percent, rows } = one.status();
      bar.update(percent, { rows });
    }
  }
  stop.addEventListener('abort', () => reader.leave());
  try {
    await pipeline(shown(), to, { end, signal: stop });
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  } finally {
    reader.leave();
    bar.stop();
  }
}
