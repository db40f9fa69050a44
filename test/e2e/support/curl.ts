// The system's curl: a client that nobody here has written, and that tells a whole transfer from a
// broken one by its exit status.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';

/** "A file transfer shorter or larger than expected", says curl(1); so ends a broken body. */
export const PARTIAL_FILE = 18;

export interface Transfer {
  readonly file: string;
  /** Bytes that have arrived in the file so far. */
  arrived(): Promise<number>;
  /** Goes away without a word. */
  kill(): void;
  /** Curl's exit status and what has arrived. */
  readonly ended: Promise<{ readonly status: number | null; readonly bytes: Buffer }>;
}

/** Fetches into a file; an HTTP error makes curl fail. */
export function curl(url: string, file: string, options: readonly string[] = []): Transfer {
  const args = ['--silent', '--fail', '--no-buffer', '--output', file, ...options, url];
  const child = spawn('curl', args, { stdio: 'ignore' });
  const bytes = () => readFile(file).catch(() => Buffer.alloc(0));
  return {
    file,
    arrived: () =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    kill: () => child.kill('SIGKILL'),
    ended: once(child, 'exit').then(async ([status]) => ({ status, bytes: await bytes() })),
  };
}

/** Curl's options for a header of each name. */
export function headerOptions(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
}
