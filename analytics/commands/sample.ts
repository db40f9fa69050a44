// `sample`: makes a made-up lake to try things on (SPEC 6). Options in, progress on a terminal, one
// line about what was made.

import { resolve } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import * as v from 'valibot';
import { addDays, LocalDate, localDateOf } from '../../sql/contract/localDate.ts';
import { UsageError } from '../failure.ts';
import { lakeLayout } from '../lake/layout.ts';
import { makeSample } from '../lake/sample.ts';
import { type Example, examples } from './examples.ts';
import { dataOption, parseOrganisation, wholeNumberOption } from './options.ts';
import { stopSignal } from './stopSignal.ts';

export const MAX_SAMPLE_SESSIONS = 200_000_000;
export const MAX_SAMPLE_DAYS = 3660;

interface Options {
  readonly data: string;
  readonly org: string;
  readonly sessions: number;
  readonly days: number;
  readonly seed: number;
  readonly transcripts: boolean;
  readonly until?: string;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'a lake to try things on, in data/acme',
    line: 'ai-sessions sample',
  },
  {
    does: 'a small one of another organisation, the same every time',
    line: 'ai-sessions sample --data data --org globex --sessions 1000 --days 61 --seed 7 --until 2026-07-31',
  },
];

export function sampleCommand(): Command {
  return new Command('sample')
    .description('make a made-up but lifelike lake, the same for the same seed')
    .addOption(dataOption())
    .addOption(
      new Option('--org <org>', 'organisation whose lake it is')
        .env('AI_SESSIONS_ORG')
        .default('acme'),
    )
    .addOption(
      wholeNumberOption('sessions', 'how many sessions', 1, MAX_SAMPLE_SESSIONS).default(20_000),
    )
    .addOption(wholeNumberOption('days', 'over how many days', 1, MAX_SAMPLE_DAYS).default(120))
    .addOption(
      wholeNumberOption(
        'seed',
        'what everything is drawn from',
        0,
        Number.MAX_SAFE_INTEGER,
      ).default(1),
    )
    .addOption(
      new Option('--until <date>', 'last day, in UTC (default: yesterday)').argParser(parseUntil),
    )
    .option('--no-transcripts', 'leave the message texts out')
    .addHelpText('after', examples(EXAMPLES))
    .action(sample);
}

async function sample(options: Options): Promise<void> {
  const { data, org, sessions, days, seed, transcripts } = options;
  const until = options.until ?? addDays(localDateOf(new Date(), 'UTC'), -1);
  const layout = lakeLayout(resolve(data), parseOrganisation(org));
  const bar = new SingleBar({ format: 'Sample {bar} {percentage} %, {value} sessions' });
  bar.start(sessions, 0);
  try {
    const made = await makeSample({
      layout,
      sessions,
      days,
      seed,
      transcripts,
      until,
      onProgress: (written) => bar.update(written),
      signal: stopSignal(),
    });
    process.stdout.write(
      `Made ${made.sessions} sessions and ${made.transcripts} transcripts, ${days} days through ${until}, in ${layout.root}\n`,
    );
  } finally {
    bar.stop();
  }
}

function parseUntil(value: string): string {
  const result = v.safeParse(LocalDate, value);
  if (!result.success) throw new UsageError(`--until ${result.issues[0].message}: not "${value}"`);
  return result.output;
}
