// The service's log: one JSON object a line on standard error, each with a level of its kind. Of an error
// that is not this project's own sentence it keeps the class only: DuckDB quotes values in its messages,
// and values may be message text (an operator who needs more repeats the Run with `ai-sessions run`).

import { type DestinationStream, pino } from 'pino';
import { CommandFailure } from '../failure.ts';
import type { Log, LogEntry } from './logEntry.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

function errorText(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error instanceof CommandFailure) return error.message;
  // DuckDB's errors are plain Errors that name their class first: "Conversion Error: …".
  return /^([A-Z][A-Za-z ]* Error): /.exec(error.message)?.[1] ?? error.constructor.name;
}

function levelOf(entry: LogEntry): Exclude<LogLevel, 'silent'> {
  if ('error' in entry && entry.error !== undefined) return 'error';
  if (entry.event !== 'request') return 'info';
  if (entry.status >= 500) return 'warn';
  return entry.status >= 400 ? 'info' : 'debug';
}

/** Each line is written before the next thing happens: none is lost, whatever ends the process. */
const standardError = () => pino.destination({ dest: process.stderr.fd, sync: true });

export function jsonLog(
  level: LogLevel,
  now: () => Date,
  destination: DestinationStream = standardError(),
): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${now().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: errorText },
    },
    destination,
  );
  return (entry) => logger[levelOf(entry)](entry);
}
