// Options of the commands that render reports: where the spool lies, and DuckDB's limits.

import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandFailure } from '../failure.ts';
import { openScratch } from '../scratch.ts';
import { reasonOf } from './told.ts';

export interface EngineOptions {
  readonly spool?: string;
  readonly memoryLimit: string;
  readonly maxTempSize: string;
}

/** On the lake's own file system its files can be held by links; no lake has a name like it. */
export function spoolFolder(options: { readonly data: string; readonly spool?: string }): string {
  return options.spool ?? join(options.data, '.spool');
}

/** Where a command that renders keeps what it needs only while it works. */
export async function scratchOf(options: { readonly data: string; readonly spool?: string }) {
  const folder = resolve(spoolFolder(options));
  return openScratch(folder).catch((error: Error) => {
    throw new CommandFailure(`Cannot make a temporary folder in ${folder}: ${reasonOf(error)}`, {
      hint: 'Name another place for temporary files with --spool',
    });
  });
}

export function spoolOption(): Option {
  return new Option(
    '--spool <dir>',
    'folder for finished parts of Runs (default: .spool in the data folder)',
  ).env('AI_SESSIONS_SPOOL');
}

const SIZE = /^\d+(?:\.\d+)? ?[KMGT]i?B$/i;

function size(text: string): string {
  if (!SIZE.test(text)) throw new InvalidArgumentError('It must be a size like 500MB or 2GiB.');
  return text;
}

export function addEngineOptions(command: Command): Command {
  return command
    .addOption(spoolOption())
    .addOption(
      new Option('--memory-limit <size>', 'DuckDB’s memory, per organisation')
        .env('AI_SESSIONS_MEMORY_LIMIT')
        .argParser(size)
        .default('1GB'),
    )
    .addOption(
      new Option('--max-temp-size <size>', 'DuckDB’s temporary files, per organisation')
        .env('AI_SESSIONS_MAX_TEMP_SIZE')
        .argParser(size)
        .default('10GB'),
    );
}
