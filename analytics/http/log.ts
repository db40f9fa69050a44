// The service's log: one JSON object a line on standard error. Of an error that is not this project's
// own sentence it keeps the class only: DuckDB quotes values in its messages, and values may be message
// text (an operator who needs more repeats the Run with `ai-sessions run`).

import { CommandFailure } from '../failure.ts';

export type Log = (entry: { readonly event: string; readonly [name: string]: unknown }) => void;

function errorText(error: Error): string {
  if (error instanceof CommandFailure) return error.message;
  // DuckDB's errors are plain Errors that name their class first: "Conversion Error: …".
  return /^([A-Z][A-Za-z ]* Error): /.exec(error.message)?.[1] ?? error.constructor.name;
}

export function jsonLog(write: (line: string) => void, now: () => Date): Log {
  return (entry) => {
    const { error, ...rest } = entry;
    const failure = error instanceof Error ? { error: errorText(error) } : {};
    write(`${JSON.stringify({ time: now().toISOString(), ...rest, ...failure })}\n`);
  };
}
