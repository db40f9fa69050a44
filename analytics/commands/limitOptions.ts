// The limits on Runs as options of the service, each with its default.

import { type Command, Option } from 'commander';
import { UsageError } from '../failure.ts';
import { DEFAULT_LIMITS, type RunLimits } from '../runs/limits.ts';

/** libuv's threads, which statements and file reads share; its own default is 4. */
const THREADS = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);

/** Left for reading and writing files while statements run. */
const THREADS_FOR_FILES = 2;

/** As hours it is still an instant that a Date can tell. */
const MAX_VALUE = 1e9;

const UNITS = { second: 1000, hour: 3_600_000, gigabyte: 1e9, one: 1 };

interface LimitOption {
  readonly limit: keyof RunLimits;
  readonly flag: string;
  readonly variable: string;
  readonly unit: keyof typeof UNITS;
  readonly help: string;
}

export const LIMIT_OPTIONS: readonly LimitOption[] = [
  {
    limit: 'runsAtOnce',
    flag: 'runs-at-once',
    variable: 'AI_SESSIONS_RUNS_AT_ONCE',
    unit: 'one',
    help: 'Runs that work at once',
  },
  {
    limit: 'runsPerOrganisation',
    flag: 'runs-per-organisation',
    variable: 'AI_SESSIONS_RUNS_PER_ORGANISATION',
    unit: 'one',
    help: 'of them, Runs of one organisation',
  },
  {
    limit: 'statementsAtOnce',
    flag: 'statements-at-once',
    variable: 'AI_SESSIONS_STATEMENTS_AT_ONCE',
    unit: 'one',
    help: 'statements that render at once, a thread each',
  },
  {
    limit: 'queueLength',
    flag: 'queue-length',
    variable: 'AI_SESSIONS_QUEUE_LENGTH',
    unit: 'one',
    help: 'Runs of one organisation that wait for a place; further ones are refused',
  },
  {
    limit: 'queueWaitMs',
    flag: 'queue-wait',
    variable: 'AI_SESSIONS_QUEUE_WAIT',
    unit: 'second',
    help: 'seconds that a Run waits for a place before it is refused',
  },
  {
    limit: 'maxRunMs',
    flag: 'max-run-time',
    variable: 'AI_SESSIONS_MAX_RUN_TIME',
    unit: 'second',
    help: 'seconds that a Run may work',
  },
  {
    limit: 'maxBytes',
    flag: 'spool-size',
    variable: 'AI_SESSIONS_SPOOL_SIZE',
    unit: 'gigabyte',
    help: 'gigabytes of finished parts on disk; what was used last stays',
  },
  {
    limit: 'maxAgeMs',
    flag: 'spool-age',
    variable: 'AI_SESSIONS_SPOOL_AGE',
    unit: 'hour',
    help: 'hours that finished Runs and parts are kept after their last use',
  },
];

const camelCase = (flag: string) => flag.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

export function addLimitOptions(command: Command): Command {
  for (const { limit, flag, variable, unit, help } of LIMIT_OPTIONS) {
    const parse = (text: string): number => {
      const value = Number(text);
      if (text.trim() !== '' && value > 0 && value <= MAX_VALUE) return value;
      throw new UsageError(
        `--${flag} must be a number above 0, at most ${MAX_VALUE}: not "${text}"`,
      );
    };
    command.addOption(
      new Option(`--${flag} <number>`, help)
        .env(variable)
        .argParser(parse)
        .default(DEFAULT_LIMITS[limit] / UNITS[unit]),
    );
  }
  return command;
}

/** The limits that the options of a command say. */
export function limitsOf(options: Readonly<Record<string, unknown>>): RunLimits {
  const limits = { ...DEFAULT_LIMITS };
  for (const { limit, flag, unit } of LIMIT_OPTIONS) {
    limits[limit] = Number(options[camelCase(flag)]) * UNITS[unit];
  }
  if (limits.statementsAtOnce > THREADS - THREADS_FOR_FILES) {
    throw new UsageError(
      `--statements-at-once must leave ${THREADS_FOR_FILES} of the ${THREADS} threads free: set UV_THREADPOOL_SIZE=${limits.statementsAtOnce + THREADS_FOR_FILES}`,
    );
  }
  return limits;
}
