// The edge in Deno, by the command of worker/deno.ts.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EdgeProcess } from '../../../analytics/local/edgeProcess.ts';
import type { StartEdge } from './edge.ts';

const PROJECT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ENTRY = 'worker/deno.ts';

/** The arguments that the entry's own comment says to give Deno. */
async function documentedCommand(): Promise<string[]> {
  const text = await readFile(new URL(ENTRY, `file://${PROJECT_ROOT}`), 'utf8');
  const [, command] = /^\/\/ +deno (serve .+)$/m.exec(text) ?? [];
  if (command === undefined) throw new Error(`Cannot find the command in ${ENTRY}`);
  return command.split(' ');
}

/** Starts it and waits until it listens. */
export const startDeno: StartEdge = async ({ port, variables, onOutput }): Promise<EdgeProcess> => {
  const [serve = '', ...options] = await documentedCommand();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    `${PROJECT_ROOT}node_modules/.bin/deno`,
    [serve, '--host', '127.0.0.1', '--port', String(port), ...options],
    {
      cwd: PROJECT_ROOT,
      detached: true, // what is in .bin may start the real one
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH, HOME, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', ...variables },
    },
  );
  async function untilGone(): Promise<void> {
    await once(child, 'exit');
  }
  const ended = untilGone();
  const said: string[] = [];
  const listening = Promise.withResolvers<string>();
  for (const output of [child.stdout, child.stderr]) {
    createInterface(output).on('line', (line) => {
      said.push(line);
      onOutput(`${line}\n`);
      const [, url] = /Listening on (http:\/\/\S+?)\/?(\s|$)/.exec(line) ?? [];
      if (url !== undefined) listening.resolve(url);
    });
  }
  const url = await Promise.race([
    listening.promise,
    ended.then(() => Promise.reject(new Error(`Cannot start Deno: ${said.join('\n')}`))),
  ]);
  return {
    url,
    ended,
    async stop() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
};
