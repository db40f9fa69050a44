// `bench`: measures this machine's Runs against DuckDB's own limit and against what others do (SPEC 6).
// Options in, tables on standard output, files for people and for dashboards.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { version as engineVersion } from '@duckdb/node-api';
import { Command } from 'commander';
import { compareWithBaseline } from '../bench/baseline.ts';
import { runBench } from '../bench/bench.ts';
import { type DashboardEntries, dashboardEntries } from '../bench/dashboard.ts';
import { readEntries } from '../bench/entriesFile.ts';
import { figuresOf } from '../bench/figures.ts';
import { figuresTable, markdownReport, number, targetsTable } from '../bench/markdown.ts';
import { MIN_DAYS, rangesOf } from '../bench/shape.ts';
import { targetsOf } from '../bench/targets.ts';
import { CommandFailure } from '../failure.ts';
import { type Example, examples } from './examples.ts';
import { wholeNumberOption } from './options.ts';
import { MAX_SAMPLE_DAYS, MAX_SAMPLE_SESSIONS } from './sample.ts';
import { stopSignal } from './stopSignal.ts';

/** A month, and its look-ahead, of ten million sessions a year. */
const DEFAULT_SESSIONS = 905_000;
const DEFAULT_DAYS = 33;

const DEFAULT_REPETITIONS = 5;
const MAX_REPETITIONS = 100;

interface Options {
  readonly sessions: number;
  readonly days: number;
  readonly repetitions: number;
  readonly data?: string;
  readonly peers?: true;
  readonly json?: string;
  readonly markdown?: string;
  readonly baseline?: string;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'a month, and what others do, for people and for dashboards',
    line: 'ai-sessions bench --peers --json figures.json --markdown figures.md',
  },
];

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure Runs against a plain COPY of DuckDB, and against what others do')
    .addOption(
      wholeNumberOption('sessions', 'how many sessions', 1, MAX_SAMPLE_SESSIONS).default(
        DEFAULT_SESSIONS,
      ),
    )
    .addOption(
      wholeNumberOption('days', 'over how many days', MIN_DAYS, MAX_SAMPLE_DAYS).default(
        DEFAULT_DAYS,
      ),
    )
    .addOption(
      wholeNumberOption('repetitions', 'how often, in turn', 1, MAX_REPETITIONS).default(
        DEFAULT_REPETITIONS,
      ),
    )
    .option('--data <dir>', 'folder whose lakes stay and are used again (default: a temporary one)')
    .option('--peers', 'also measure csv-stringify and chDB, which is installed apart')
    .option('--json <file>', 'write the figures for dashboards and for --baseline')
    .option('--markdown <file>', 'write the tables to a file')
    .option('--baseline <file>', 'fail when a ratio is more than 20 % worse than in this JSON')
    .addHelpText('after', examples(EXAMPLES))
    .action(bench);
}

/** What is measured too, and is not in the package. */
const EDGE = new URL('../../worker/', import.meta.url);

async function bench(options: Options): Promise<void> {
  if (!existsSync(EDGE)) {
    throw new CommandFailure('Cannot measure: bench needs a checkout of the project');
  }
  const { sessions, days, repetitions } = options;
  const baseline = options.baseline && (await readEntries(options.baseline));
  const shape = { sessions, days };
  const dataDir = resolve(options.data ?? (await mkdtemp(join(tmpdir(), 'ai-sessions-bench-'))));
  try {
    const results = await runBench({
      dataDir,
      shape,
      repetitions,
      withPeers: options.peers === true,
      say: (text) => process.stderr.write(`${text}\n`),
      signal: stopSignal(),
    });
    const figures = figuresOf(results);
    const targets = targetsOf(figures);
    const what = `${sessions} sessions in ${days} days`;
    const { month, whole } = rangesOf(shape);
    const about = [
      what,
      `Dates: ${month.from} to ${month.to}`,
      ...(whole === undefined ? [] : [`Whole lake: ${whole.from} to ${whole.to}`]),
      `Repetitions in turn: ${repetitions}`,
      `${availableParallelism()} cores, ${cpus()[0]?.model.trim()}; DuckDB ${engineVersion()}, Node ${process.version}`,
    ];
    process.stdout.write(`${figuresTable(figures)}\n\n${targetsTable(targets)}\n`);
    const entries = dashboardEntries(figures, what);
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify(entries, null, 2)}\n`);
    }
    if (options.markdown !== undefined) {
      await writeFile(options.markdown, markdownReport(about, figures, targets));
    }
    if (baseline) compare(baseline, entries);
  } finally {
    if (options.data === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}

function compare(baseline: DashboardEntries, now: DashboardEntries): void {
  const compared = compareWithBaseline(baseline, now);
  if (!compared.ok)
    throw new CommandFailure(`Cannot compare with the baseline: ${compared.reason}`);
  const worse = compared.comparisons.filter(({ isWorse }) => isWorse);
  if (worse.length === 0) {
    process.stderr.write(`No ratio of ${compared.comparisons.length} is more than 20 % worse\n`);
    return;
  }
  const lines = worse.map(
    ({ name, before, now: value, increase }) =>
      `${name}: ${number(before)} before, ${number(value)} now, ${Math.round(increase * 100)} % more`,
  );
  throw new CommandFailure(['More than 20 % worse than the baseline:', ...lines].join('\n'));
}
