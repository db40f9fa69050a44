// `pull`: brings the sessions of a Gladly account into a lake (SPEC 6). Options in; a line for each
// range of days on standard error.

import { setTimeout } from 'node:timers/promises';
import { Command, Option } from 'commander';
import * as v from 'valibot';
import { LocalDate } from '../../sql/contract/localDate.ts';
import { UsageError } from '../failure.ts';
import { openPace } from '../lake/pull/pace.ts';
import { GLADLY_ROW_CAP, type PulledRange, pull } from '../lake/pull/pull.ts';
import { auditOption } from './auditOption.ts';
import { spoolOption } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';
import { accountForRemoval, expiredText, type RemovalOptions } from './removalAccount.ts';
import { stopSignal } from './stopSignal.ts';

interface Options extends RemovalOptions {
  readonly org?: string;
  readonly url: URL;
  readonly user: string;
  readonly from?: string;
  readonly to?: string;
}

/** Gladly's limits for reports, for the whole organisation. */
const REPORTS_A_MINUTE = 10;
const REPORTS_AT_ONCE = 2;

const EXAMPLES: readonly Example[] = [
  {
    does: 'from the last 30 days on the first time, and what is new every time after',
    line: 'GLADLY_API_TOKEN=… ai-sessions pull --url https://acme.gladly.com --user me@acme.com --org acme',
  },
];

export function pullCommand(): Command {
  return new Command('pull')
    .description(
      'bring the sessions of a Gladly account into a lake; the token is GLADLY_API_TOKEN',
    )
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option('--url <url>', 'address of the account, like https://acme.gladly.com')
        .argParser(parseUrl)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--user <email>',
        'e-mail of the user that the token belongs to',
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--from <date>',
        'first day, in UTC (default: on from the last pull, or 30 days ago)',
      ).argParser((value) => parseDate('--from', value)),
    )
    .addOption(
      new Option('--to <date>', 'last day, in UTC (default: today)').argParser((value) =>
        parseDate('--to', value),
      ),
    )
    .addOption(auditOption())
    .addOption(spoolOption())
    .addHelpText('after', examples(EXAMPLES))
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { url, user, from, to } = options;
  const token = process.env['GLADLY_API_TOKEN'];
  if (!token) throw new UsageError('Set GLADLY_API_TOKEN to the API token of the user');
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError(`--from must not be after --to: ${from} is after ${to}`);
  }
  const layout = await chooseLake(options);
  const signal = stopSignal();
  const clock = {
    now: () => performance.now(),
    sleep: (milliseconds: number) =>
      setTimeout(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted()),
  };
  await pull(
    {
      layout,
      account: { url, user, token },
      from,
      to,
      rowCap: GLADLY_ROW_CAP,
      now: () => new Date(),
      onRange: (range) => process.stderr.write(rangeText(range)),
      aroundRemoval: accountForRemoval(layout, options),
    },
    { fetch, clock, pace: openPace(REPORTS_A_MINUTE, REPORTS_AT_ONCE, clock), signal },
  );
}

function rangeText({ first, last, rows, result, rejectsFile }: PulledRange): string {
  const sessions = result.lake?.sessions.written ?? 0;
  const messages = result.lake?.messages.written ?? 0;
  const written = `${sessions} rows and ${messages} messages written`;
  const rejected = rejectsFile && `, ${result.rejected.count} rejected: see ${rejectsFile}`;
  const expired = result.lake?.expired ? expiredText(result.lake.expired) : '';
  return `${first} to ${last}: ${rows} sessions, ${written}${rejected ?? ''}\n${expired}`;
}

/** The token goes with every request, so it must not travel in the clear. */
function parseUrl(value: string): URL {
  const url = URL.parse(value);
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (isLocal && url.protocol === 'http:')) return url;
  throw new UsageError(
    `--url must be an https address, like https://acme.gladly.com: not "${value}"`,
  );
}

function parseDate(name: string, value: string): string {
  const result = v.safeParse(LocalDate, value);
  if (!result.success) throw new UsageError(`${name} ${result.issues[0].message}: not "${value}"`);
  return result.output;
}
