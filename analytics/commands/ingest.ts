// `ingest`: takes records into a lake (SPEC 6, 7). Options in; what became of every record on
// standard error, without anything of what the records hold.

import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Argument, Command, Option } from 'commander';
import * as v from 'valibot';
import { LocalDate } from '../../sql/contract/localDate.ts';
import { TimeZone } from '../../sql/contract/parameters.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import { follow } from '../lake/ingest/follow.ts';
import { ingest } from '../lake/ingest/ingest.ts';
import {
  type Counts,
  INGEST_KINDS,
  type IngestKind,
  type IngestResult,
  type Remarks,
} from '../lake/ingest/request.ts';
import { Instant } from '../lake/settings.ts';
import { auditOption } from './auditOption.ts';
import { spoolOption } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { moments } from './moments.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';
import { accountForRemoval, expiredText, type RemovalOptions } from './removalAccount.ts';
import { stopSignal } from './stopSignal.ts';

interface Options extends RemovalOptions {
  readonly org?: string;
  readonly dataThrough?: string;
  readonly rejects?: string;
  readonly strict: boolean;
  readonly format?: string;
  readonly json: boolean;
  readonly follow?: string;
  readonly timezone?: string;
}

/** What each kind brings. */
const TABLES: Readonly<Record<IngestKind, readonly ('sessions' | 'messages' | 'merges')[]>> = {
  sessions: ['sessions'],
  messages: ['messages'],
  merges: ['merges'],
  'gladly-csv': ['sessions', 'messages'],
  'gladly-export': ['messages'],
};

const EXAMPLES: readonly Example[] = [
  {
    does: 'sessions, and what cannot be taken to a file of its own',
    line: 'ai-sessions ingest sessions sessions.jsonl --org acme --rejects rejects.csv',
  },
  {
    does: 'messages from another program, compressed',
    line: 'gzip -c messages.csv | ai-sessions ingest messages - --format csv.gz --org acme',
  },
  {
    does: 'a report that was downloaded from Gladly',
    line: 'ai-sessions ingest gladly-csv GladlyAISessionsDetailReport-20260701-20260731.csv --org acme --timezone America/Los_Angeles',
  },
  {
    does: 'whatever an export job delivers, until Ctrl-C',
    line: 'ai-sessions ingest gladly-export --follow /srv/drop --org acme',
  },
];

export function ingestCommand(): Command {
  return new Command('ingest')
    .description('take records into a lake; the same file twice changes nothing')
    .addArgument(new Argument('<kind>', 'what the files hold').choices(INGEST_KINDS))
    .argument('[files...]', 'files, patterns of files, or - for standard input')
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option(
        '--data-through <instant>',
        'every session created before it is in the lake now',
      ).argParser(parseInstant),
    )
    .option('--format <ending>', 'what standard input is, like the ending of a file: csv, jsonl.gz')
    .option('--rejects <file>', 'CSV file for the records that cannot be taken, with the reasons')
    .option('--strict', 'write nothing if any record cannot be taken', false)
    .addOption(
      new Option(
        '--timezone <zone>',
        "zone of the times in a report's CSV (default: the organisation's)",
      ).argParser(parseTimeZone),
    )
    .option('--follow <dir>', 'take files as they appear in a folder, and move them when done')
    .option('--json', 'write what became of the records to standard output, as JSON', false)
    .addOption(auditOption())
    .addOption(spoolOption())
    .addHelpText('after', examples(EXAMPLES))
    .action(run);
}

async function run(kind: IngestKind, files: string[], options: Options): Promise<void> {
  const { follow: folder, rejects, format } = options;
  if (options.timezone !== undefined && kind !== 'gladly-csv') {
    throw new UsageError('--timezone belongs to gladly-csv: other times carry their offset');
  }
  if (folder === undefined) {
    if (files.length === 0) throw new UsageError('Name the files to ingest, or - or --follow');
    await takeFiles(kind, files, options);
  } else {
    if (files.length > 0 || rejects !== undefined || format !== undefined) {
      throw new UsageError(
        '--follow goes without files, --format and --rejects: rejected records come beside the file',
      );
    }
    await takeFrom(kind, folder, options);
  }
}

async function takeFiles(kind: IngestKind, files: string[], options: Options): Promise<void> {
  const { rejects } = options;
  if (rejects !== undefined) await refuseNowhere(rejects);
  const result = await ingest({
    ...(await requestOf(kind, options)),
    sources: files,
    format: options.format,
    rejectsFile: rejects,
    now: new Date(),
  });
  tell(kind, result, rejects, options);
  if (result.lake === undefined) {
    throw new CommandFailure('Wrote nothing: --strict was given and not every record can be taken');
  }
}

/** Until the process is asked to stop. */
async function takeFrom(kind: IngestKind, folder: string, options: Options): Promise<void> {
  const found = await stat(folder).catch(ifMissing(undefined));
  if (!found?.isDirectory()) throw new CommandFailure(`Cannot follow ${folder}: it is no folder`);
  const request = { ...(await requestOf(kind, options)), folder };
  for await (const { file, outcome, rejectsFile } of follow(request, moments(stopSignal()))) {
    process.stderr.write(`${file}\n`);
    if (outcome instanceof Error) process.stderr.write(`${outcome.message}\n`);
    else tell(kind, outcome, rejectsFile, options);
  }
}

async function requestOf(kind: IngestKind, options: Options) {
  const { dataThrough, strict, timezone } = options;
  const layout = await chooseLake(options);
  const aroundRemoval = accountForRemoval(layout, options);
  return { kind, layout, dataThrough, strict, timezone, aroundRemoval };
}

function tell(
  kind: IngestKind,
  result: IngestResult,
  rejects: string | undefined,
  { json }: Options,
): void {
  process.stderr.write(report(kind, result, rejects));
  if (json) process.stdout.write(`${JSON.stringify({ kind, ...result })}\n`);
}

async function refuseNowhere(rejects: string): Promise<void> {
  await access(dirname(rejects)).catch(() => {
    throw new CommandFailure(`Cannot write ${rejects}: there is no such folder`);
  });
}

function report(kind: IngestKind, result: IngestResult, rejects: string | undefined): string {
  const { rejected, otherItems, contradicting, lake } = result;
  const lines = [`Read ${result.read} records, ${rejected.count} of them rejected`];
  lines.push(...remarkLines(rejected));
  if (rejected.count > 0) {
    lines.push(
      rejects === undefined
        ? 'Name a file with --rejects to get the rejected records'
        : `The rejected records are in ${rejects}`,
    );
  }
  if (otherItems > 0) lines.push(`Items that are no messages of a session: ${otherItems}`);
  if (contradicting.count > 0) {
    lines.push(`Settled as handed off, not resolved: ${contradicting.count} records`);
    lines.push(...remarkLines(contradicting));
  }
  if (lake !== undefined) {
    for (const table of TABLES[kind]) lines.push(`${title(table)}: ${countsText(lake[table])}`);
    if (lake.waiting > 0) lines.push(`Messages that wait for their session: ${lake.waiting}`);
    lines.push(`Files written: ${lake.files}`);
  }
  const expired = lake?.expired ? expiredText(lake.expired) : '';
  return `${lines.join('\n')}\n${expired}`;
}

function title(table: string): string {
  return table.charAt(0).toUpperCase() + table.slice(1);
}

function countsText(counts: Counts): string {
  return `${counts.written} written, ${counts.unchanged} unchanged, ${counts.superseded} superseded`;
}

function remarkLines({ count, first }: Remarks): string[] {
  const lines = first.map(({ source, line, text }) => `  ${source} line ${line}: ${text}`);
  return count > first.length ? [...lines, `  and ${count - first.length} more`] : lines;
}

function parseInstant(value: string): string {
  if (v.is(Instant, value) && v.is(LocalDate, value.slice(0, 10))) return value;
  throw new UsageError(
    `--data-through must be an RFC 3339 instant with an offset, like 2026-07-01T00:00:00Z: not "${value}"`,
  );
}

function parseTimeZone(value: string): string {
  const result = v.safeParse(TimeZone, value);
  if (!result.success)
    throw new UsageError(`--timezone ${result.issues[0].message}: not "${value}"`);
  return result.output;
}
