// Runs a command line and turns its end into an exit status (SPEC 6): 0 done, 1 failed, 2 wrong
// usage. What went wrong goes to standard error, in one line.

import { type Command, CommanderError } from 'commander';
import { ProblemError } from '../../sql/contract/problem.ts';
import { CommandFailure, UsageError } from '../failure.ts';

function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError ? 2 : 1;
}

/** Failures that a user can do something about; anything else is a bug and shows its stack. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof CommandFailure || error instanceof UsageError || error instanceof ProblemError
  );
}

/** Whoever reads the output has had enough, as `| head` has: nothing to tell anyone. */
function isClosedPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}

/** So that commander throws where it would end the process. */
function override(command: Command): void {
  command.exitOverride();
  for (const each of command.commands) override(each);
}

export async function runProgram(program: Command): Promise<void> {
  override(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitStatus(error);
    if (error instanceof CommanderError || isClosedPipe(error)) return; // commander has said it
    const text = isExpected(error) ? error.message : ((error as Error).stack ?? String(error));
    process.stderr.write(`${text}\n`);
  }
}
