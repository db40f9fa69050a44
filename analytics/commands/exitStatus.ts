// Exit statuses (SPEC 6): 0 done, 1 failed, 2 wrong usage; and as a shell counts it when a signal has
// ended the work, which a closed pipe does too.

import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { Interruption, UsageError } from '../failure.ts';

const SIGNAL_BASE = 128;

export function statusOfSignal(signal: NodeJS.Signals): number {
  return SIGNAL_BASE + constants.signals[signal];
}

/** Whoever reads the output has had enough, as `| head` has: nothing to tell anyone. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

export function exitStatus(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Interruption) return statusOfSignal(error.signal);
  if (isClosedPipe(error)) return statusOfSignal('SIGPIPE');
  return error instanceof UsageError ? 2 : 1;
}
