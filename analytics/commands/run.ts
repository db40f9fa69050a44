// `run`: a report to a file or to standard output, by the same path as the service (SPEC 6). The
// bytes are those of the download.

import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { parseQuery } from '../../sql/contract/parameters.ts';
import { type Fault, problemDocument } from '../../sql/contract/problem.ts';
import { isReportName, REPORT_NAMES } from '../../sql/contract/report.ts';
import { resolveRun } from '../../sql/contract/run.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { openOrganisation } from '../lake/organisation.ts';
import { fileBytes } from '../runs/fileBytes.ts';
import { DEFAULT_LIMITS } from '../runs/limits.ts';
import type { Run } from '../runs/run.ts';
import { openSpool } from '../runs/spool.ts';
import { openWorkshop } from '../runs/workshop.ts';
import { openScratch } from '../scratch.ts';
import { watchUnderWay } from '../underWay.ts';
import { addEngineOptions, type EngineOptions, spoolFolder } from './engineOptions.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';
import { addParameterOptions, parameterPairs } from './parameterOptions.ts';
import { stopSignal } from './stopSignal.ts';

/** Segments rendered ahead of what has been written: a slow reader must not fill the disk. */
const SEGMENTS_AHEAD = 4;

const UNLIMITED = {
  ...DEFAULT_LIMITS,
  maxRunMs: 2 ** 31 - 1,
  maxBytes: Number.POSITIVE_INFINITY,
};

const now = () => new Date();

const SUBJECT = 'command line';

interface Options extends EngineOptions {
  readonly data: string;
  readonly org?: string;
  readonly output: string;
  readonly [parameter: string]: unknown;
}

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a report and write its CSV')
    .argument('<report>', REPORT_NAMES.join(' | '))
    .addOption(dataOption())
    .addOption(orgOption())
    .option('--output <file>', 'where to write; - is standard output', '-');
  return addEngineOptions(addParameterOptions(command)).action(run);
}

function refuse(faults: readonly Fault[]): never {
  throw new UsageError(problemDocument({ kind: 'invalid-run', faults }).detail);
}

async function run(report: string, options: Options): Promise<void> {
  if (!isReportName(report)) {
    throw new UsageError(problemDocument({ kind: 'unknown-report', known: REPORT_NAMES }).detail);
  }
  const parsed = parseQuery(report, parameterPairs(options));
  if (!parsed.ok) refuse(parsed.faults);

  if (await isFolder(options.output)) {
    throw new UsageError(`Cannot write "${options.output}": it is a folder; name a file in it`);
  }

  const layout = await chooseLake(options);
  const scratch = await openScratch(resolve(spoolFolder(options)));
  const stop = stopSignal();
  const underWay = watchUnderWay();
  try {
    const spool = await openSpool(scratch.directory, { ...UNLIMITED, now });
    const organisation = await openOrganisation(layout, {
      spoolDirectory: spool.folderOf(layout.organisation),
      memoryLimit: options.memoryLimit,
      maxTempDirectorySize: options.maxTempSize,
    });
    const defaults = await organisation.settings();
    const resolved = resolveRun({ report, parameters: parsed.value }, defaults, now());
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
      await write(one, options.output, stop);
    } finally {
      await workshop.suspend();
      await underWay.ended();
      await organisation.close();
    }
    const { rows, bytes, sha256 } = one.status();
    process.stderr.write(`${rows} rows, ${bytes} bytes, SHA-256 ${sha256}\n`);
  } finally {
    await scratch.close();
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(ifMissing(undefined)))?.isDirectory() ?? false;
}

/** A file appears under its name only when it is whole. */
async function write(one: Run, output: string, stop: AbortSignal): Promise<void> {
  if (output === '-') return copy(one, process.stdout, false, stop);
  const target = resolve(output);
  const draft = `${target}.${process.pid}.partial`;
  const file = await open(draft, 'wx').catch((error: Error) => {
    throw new CommandFailure(`Cannot write "${output}": ${error.message}`);
  });
  try {
    await copy(one, file.createWriteStream({ flush: true }), true, stop);
    await rename(draft, target);
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
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
