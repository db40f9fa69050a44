// `run`: a report to a file or to standard output, by the same path as the service (SPEC 6). The
// bytes are those of the download.

import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import { parseQuery } from '../../sql/contract/parameters.ts';
import { type Fault, problemDocument } from '../../sql/contract/problem.ts';
import { isReportName, REPORT_NAMES } from '../../sql/contract/report.ts';
import { resolveRun } from '../../sql/contract/run.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { openOrganisation } from '../lake/organisation.ts';
import { openSpool } from '../runs/spool.ts';
import { type RunStream, streamRun } from '../runs/stream.ts';
import { addEngineOptions, type EngineOptions } from './engineOptions.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';
import { addParameterOptions, parameterPairs } from './parameterOptions.ts';
import { stopSignal } from './stopSignal.ts';

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

  const layout = await chooseLake(options);
  const spool = await openSpool(resolve(options.spool));
  const stop = stopSignal();
  try {
    const organisation = await openOrganisation(layout, {
      spoolDirectory: spool.directory,
      memoryLimit: options.memoryLimit,
      maxTempDirectorySize: options.maxTempSize,
    });
    const defaults = await organisation.settings();
    const resolved = resolveRun({ report, parameters: parsed.value }, defaults, new Date());
    if (!resolved.ok) refuse(resolved.faults);
    const stream = await streamRun(organisation, spool, resolved.value, stop);
    const written = await write(stream, options.output);
    organisation.close();
    const { rows } = stream.progress();
    process.stderr.write(`${rows} rows, ${written.bytes} bytes, SHA-256 ${written.sha256}\n`);
  } finally {
    await spool.close();
  }
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** A file appears under its name only when it is whole. */
async function write(stream: RunStream, output: string): Promise<Written> {
  if (output === '-') return copy(stream, process.stdout, false);
  const target = resolve(output);
  const draft = `${target}.${process.pid}.partial`;
  const file = await open(draft, 'wx').catch((error: Error) => {
    throw new CommandFailure(`Cannot write "${output}": ${error.message}`);
  });
  try {
    const written = await copy(stream, file.createWriteStream({ flush: true }), true);
    await rename(draft, target);
    return written;
  } catch (error) {
    await file.close();
    await rm(draft, { force: true });
    throw error;
  }
}

async function copy(
  { chunks, progress }: RunStream,
  to: NodeJS.WritableStream,
  end: boolean,
): Promise<Written> {
  const hash = createHash('sha256');
  const bar = new SingleBar({
    format: 'Run {bar} {percentage} %, {rows} rows',
    noTTYOutput: false,
  });
  bar.start(progress().segments, 0, { rows: 0 });
  let bytes = 0;
  async function* counted() {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      yield chunk;
      const { segmentsDone, rows } = progress();
      bar.update(segmentsDone, { rows });
    }
  }
  try {
    await pipeline(counted(), to, { end });
  } finally {
    bar.stop();
  }
  return { bytes, sha256: hash.digest('hex') };
}
