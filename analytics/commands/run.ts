// `run`: a report to a file or to standard output (SPEC 6), once or whenever the lake changes.

import { Argument, Command } from 'commander';
import { parseQuery } from '../../sql/contract/parameters.ts';
import { isReportName, REPORT_NAMES } from '../../sql/contract/report.ts';
import { UsageError } from '../failure.ts';
import { lakeChanges } from '../lake/changes.ts';
import { addEngineOptions, type EngineOptions } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { isFolder } from './isFolder.ts';
import { moments } from './moments.ts';
import { nearest } from './nearest.ts';
import { chooseLake, dataOption, findLake, orgOption } from './options.ts';
import { addParameterOptions, parameterPairs } from './parameterOptions.ts';
import { stopSignal } from './stopSignal.ts';
import { tell, told } from './told.ts';
import { type ReportRequest, refuse, writeReport } from './writeReport.ts';

interface Options extends EngineOptions {
  readonly data: string;
  readonly org?: string;
  readonly output: string;
  readonly watch?: true;
  readonly [parameter: string]: unknown;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'July of the only organisation there is, to a file',
    line: 'ai-sessions run ai-sessions-detail --from 2026-07-01 --to 2026-07-31 --output july.csv',
  },
  {
    does: 'how each week came out, by channel, on the terminal',
    line: 'ai-sessions run ai-sessions-summary --grouping week --by channel',
  },
  {
    does: 'what was handed off by hand in two channels, compressed',
    line: 'ai-sessions run ai-sessions-detail --channel CHAT --channel EMAIL --handoff-category handoff_manual --format csv.zst > handed-off.csv.zst',
  },
  {
    does: 'the last 30 full days, written anew after every ingest',
    line: 'ai-sessions run ai-guides --output guides.csv --watch',
  },
];

export function runCommand(): Command {
  const command = new Command('run')
    .description('run a report and write it to a file or to standard output')
    .addArgument(reportArgument())
    .addHelpText('after', examples(EXAMPLES))
    .addOption(dataOption())
    .addOption(orgOption())
    .option('--output <file>', 'where to write; - is standard output', '-')
    .option('--watch', 'write the file anew whenever the lake changes, until Ctrl-C');
  return addEngineOptions(addParameterOptions(command)).action(run);
}

/** For the help and for completion: what is refused, `run` says, with what may have been meant. */
function reportArgument(): Argument {
  const argument = new Argument('<report>', 'which report');
  argument.argChoices = [...REPORT_NAMES];
  return argument;
}

async function run(report: string, options: Options): Promise<void> {
  const { output } = options;
  if (!isReportName(report)) {
    const known = REPORT_NAMES.join(', ');
    throw new UsageError(`Cannot find the report "${report}": the reports are ${known}`, {
      hint: nearest(report, REPORT_NAMES),
    });
  }
  const parsed = parseQuery(report, parameterPairs(options));
  if (!parsed.ok) refuse(parsed.faults);
  if (await isFolder(output)) {
    throw new UsageError(`Cannot write "${output}": it is a folder; name a file in it`);
  }
  const request = { report, parameters: parsed.value, output };
  if (options.watch) return watch(request, options);
  const layout = await findLake(options);
  process.stderr.write(`${await writeReport(layout, request, options, stopSignal())}\n`);
}

/** Being asked to stop is how it ends well; the file is the last one that was whole. */
async function watch(request: ReportRequest, options: Options): Promise<void> {
  const { output } = request;
  if (output === '-') {
    throw new UsageError('--watch writes a file again and again: name it with --output');
  }
  const { data } = options;
  const layout = await chooseLake(options);
  const { organisation: org } = layout;
  const stop = stopSignal();
  process.stderr.write(`Watching the lake of "${org}" in ${data}; Ctrl-C ends it\n`);
  for await (const _ of lakeChanges(layout, moments(stop))) {
    try {
      const written = await writeReport(await findLake({ data, org }), request, options, stop);
      process.stderr.write(`Wrote ${output}: ${written}\n`);
    } catch (error) {
      if (stop.aborted) return;
      const failure = told(error);
      if (failure === undefined || error instanceof UsageError) throw error;
      tell(failure); // the next change may mend it
    }
  }
}
