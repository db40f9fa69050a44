// `ingest`: takes records into a lake (SPEC 6, 7). Options in; what became of every record on
// standard error, without anything of what the records hold.

import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Argument, Command, Option } from 'commander';
import * as v from 'valibot';
import { LocalDate } from '../../sql/contract/localDate.ts';
import { TimeZone } from '../../sql/contract/parameters.ts';
import { CommandFailure, UsageError } from '../failure.ts';
import { ingest } from '../lake/ingest/ingest.ts';
import {
  type Counts,
  INGEST_KINDS,
  type IngestKind,
  type IngestResult,
  type Remarks,
} from '../lake/ingest/request.ts';
import { chooseLake, dataOption, orgOption } from './options.ts';

interface Options {
  readonly data: string;
  readonly org?: string;
  readonly dataThrough?: string;
  readonly rejects?: string;
  readonly strict: boolean;
  readonly format?: string;
  readonly json: boolean;
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

export function ingestCommand(): Command {
  return new Command('ingest')
    .description('take records into a lake; the same file twice changes nothing')
    .addArgument(new Argument('<kind>', 'what the files hold').choices(INGEST_KINDS))
    .argument('<files...>', 'files, patterns of files, or - for standard input')
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
    .option('--json', 'write what became of the records to standard output, as JSON', false)
    .action(run);
}

async function run(kind: IngestKind, files: string[], options: Options): Promise<void> {
  if (options.timezone !== undefined && kind !== 'gladly-csv') {
    throw new UsageError('--timezone belongs to gladly-csv: other times carry their offset');
  }
  if (options.rejects !== undefined) await refuseNowhere(options.rejects);
  const layout = await chooseLake(options);
  const result = await ingest({
    kind,
    sources: files,
    format: options.format,
    layout,
    dataThrough: options.dataThrough,
    rejectsFile: options.rejects,
    strict: options.strict,
    timezone: options.timezone,
    now: new Date(),
  });
  process.stderr.write(report(kind, result, options));
  if (options.json) process.stdout.write(`${JSON.stringify({ kind, ...result })}\n`);
  if (result.lake === undefined) {
    throw new CommandFailure('Wrote nothing: --strict was given and not every record can be taken');
  }
}

async function refuseNowhere(rejects: string): Promise<void> {
  await access(dirname(rejects)).catch(() => {
    throw new CommandFailure(`Cannot write ${rejects}: there is no such folder`);
  });
}

function report(kind: IngestKind, result: IngestResult, { rejects }: Options): string {
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
  return `${lines.join('\n')}\n`;
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

const Instant = v.pipe(v.string(), v.isoTimestamp(), v.regex(/(?:Z|[+-]\d\d:\d\d)$/));

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
