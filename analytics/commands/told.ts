// What went wrong, in words for whoever sits at the terminal.

import { getSystemErrorMessage, styleText } from 'node:util';
import { ProblemError } from '../../sql/contract/problem.ts';
import { CommandFailure } from '../failure.ts';

export interface Told {
  readonly message: string;
  /** What to do about it, where the message itself does not say so. */
  readonly hint?: string | undefined;
}

/** Something a user can do something about as a sentence; undefined for a bug. */
export function told(error: unknown): Told | undefined {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ProblemError) return { message: error.message };
  if (isDuckDBError(error)) {
    return { message: error.message, hint: 'To verify every file of a lake: ai-sessions check' };
  }
  if (!isSystemError(error)) return undefined;
  const { syscall, path, address, port } = error;
  const what = path ?? (address && `${address}:${port}`);
  const object = what === undefined ? '' : ` "${what}"`;
  return { message: `Cannot ${VERBS[syscall] ?? syscall}${object}: ${reasonOf(error)}` };
}

/** In colour on a terminal only, unless NO_COLOR or FORCE_COLOR say otherwise. */
function painted(style: 'red' | 'dim', text: string): string {
  return styleText(style, text, { stream: process.stderr });
}

export function tell({ message, hint }: Told): void {
  process.stderr.write(`${painted('red', 'Error:')} ${message}\n`);
  if (hint !== undefined) process.stderr.write(`${painted('dim', hint)}\n`);
}

/** Why the system refused, without what it is that it refused. */
export function reasonOf(error: Error): string {
  return isSystemError(error) ? getSystemErrorMessage(error.errno) : error.message;
}

/** A plain error whose message names its class, as in `Binder Error: …`. */
export function isDuckDBError(error: unknown): error is Error {
  return error instanceof Error && /^([\w ]+: )?[\w ]+ Error: /.test(error.message);
}

interface SystemError extends Error {
  readonly errno: number;
  readonly syscall: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && 'syscall' in error;
}

const VERBS: Readonly<Record<string, string>> = {
  copyfile: 'copy',
  listen: 'listen on',
  lstat: 'look at',
  mkdir: 'make the folder',
  mkdtemp: 'make a folder like',
  rmdir: 'remove',
  scandir: 'read the folder',
  stat: 'look at',
  unlink: 'remove',
};
