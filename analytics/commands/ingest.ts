// `ingest`: takes records into a lake (SPEC 6, 7). Options in; what became of every record on
// standard error, without anything of what the records hold.

import { access } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
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
  readonly timezone?: string;
}

const EXTENSIONS: Record<IngestKind, readonly string[]> = {
  sessions: ['.jsonl', '.ndjson'],
  messages: ['.jsonl', '.ndjson'],
  'gladly-csv': ['.csv'],
};

export function ingestCommand(): Command {
  return new Command('ingest')
    .description('take sessions and messages into a lake; the same file twice changes nothing')
    .addArgument(new Argument('<kind>', 'what the files hold').choices(INGEST_KINDS))
    .argument('<files...>', 'JSON Lines, or the CSV of a Gladly AI Sessions Detail report')
    .addOption(dataOption())
    .addOption(orgOption())
    .addOption(
      new Option(
        '--data-through <instant>',
        'every session created before it is in the lake now',
      ).argParser(parseInstant),
    )
    .option('--rejects <file>', 'CSV file for the records that cannot be taken, with the reasons')
    .option('--strict', 'write nothing if any record cannot be taken', false)
    .addOption(
      new Option(
        '--timezone <zone>',
        "zone of the times in a report's CSV (default: the organisation's)",
      ).argParser(parseTimeZone),
    )
    .action(run);
}

async function run(kind: IngestKind, files: string[], options: Options): Promise<void> {
  if (options.timezone !== undefined && kind !== 'gladly-csv') {
    throw new UsageError('--timezone belongs to gladly-csv: other times carry their offset');
  }
  for (const file of files) await refuseUnreadable(kind, file);
  if (options.rejects !== undefined) await refuseNowhere(options.rejects);
  const layout = await chooseLake(options);
  const result = await ingest({
    kind,
    sources: files,
    layout,
    dataThrough: options.dataThrough,
    rejectsFile: options.rejects,
    strict: options.strict,
    timezone: options.timezone,
    now: new Date(),
  });
  process.stderr.write(report(kind, result, options));
  if (result.lake === undefined) {
    throw new CommandFailure('Wrote nothing: --strict was given and not every record can be taken');
  }
}

async function refuseUnreadable(kind: IngestKind, file: string): Promise<void> {
  if (!EXTENSIONS[kind].includes(extname(file).toLowerCase())) {
    throw new UsageError(
      `Cannot ingest ${file}: ${kind} come as files with the ending ${EXTENSIONS[kind].join(' or ')}`,
    );
  }
  await access(file).catch(() => {
    throw new CommandFailure(`Cannot ingest ${file}: there is no such file to read`);
  });
}

async function refuseNowhere(rejects: string): Promise<void> {
  await access(dirname(rejects)).catch(() => {
    throw new CommandFailure(`Cannot write ${rejects}: there is no such folder`);
  });
}

function report(kind: IngestKind, result: IngestResult, { rejects }: Options): string {
  const { rejected, contradicting, lake } = result;
  const lines = [`Read ${result.read} records, ${rejected.count} of them rejected`];
  lines.push(...remarkLines(rejected));
  if (rejected.count > 0) {
    lines.push(
      rejects === undefined
        ? 'Name a file with --rejects to get the rejected records'
        : `The rejected records are in ${rejects}`,
    );
  }
  if (contradicting.count > 0) {
    lines.push(`Settled as handed off, not resolved: ${contradicting.count} records`);
    lines.push(...remarkLines(contradicting));
  }
  if (lake !== undefined) {
    const { sessions, messages } = lake;
    if (kind !== 'messages') lines.push(`Sessions: ${countsText(sessions)}`);
    if (kind !== 'sessions') lines.push(`Messages: ${countsText(messages)}`);
    if (lake.waiting > 0) lines.push(`Messages that wait for their session: ${lake.waiting}`);
    lines.push(`Day files written: ${lake.files}`);
  }
  return `${lines.join('\n')}\n`;
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
