// The project's programs as processes of their own, in an environment of their own.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

export interface ProgramOptions {
  /** Where its temporary files go, so that a test sees what is left of them. */
  readonly temp: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs the program in its turn. */
  readonly wrapper?: readonly string[];
}

export type Program = ChildProcessByStdio<null, Readable, Readable>;

/** Starts `node analytics/<script>` in the project's root, as `npm` does. */
export function startProgram(
  script: 'cli.ts' | 'start.ts' | 'bench/compare.ts',
  args: readonly string[],
  { temp, env = {}, wrapper = [] }: ProgramOptions,
): Program {
  const { PATH = '' } = process.env;
  const [command = '', ...rest] = [...wrapper, process.execPath, `analytics/${script}`, ...args];
  return spawn(command, rest, {
    cwd: PROJECT_ROOT,
    env: { PATH, HOME: temp, TMPDIR: temp, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Collects what it writes until it ends. */
export async function untilEnd(program: Program): Promise<Ended> {
  const [[status, signal], stdout, stderr] = await Promise.all([
    once(program, 'exit'),
    buffer(program.stdout),
    text(program.stderr),
  ]);
  return { status, signal, stdout, stderr };
}
