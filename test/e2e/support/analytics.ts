// The analytics service as a process of its own (`ai-sessions serve`), with its log and its spool in
// view.

import { once } from 'node:events';
import type { Dirent } from 'node:fs';
import { mkdir, mkdtemp, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { JSONWebKeySet } from 'jose';
import { startProgram } from './program.ts';

export interface AnalyticsOptions {
  readonly dataDir: string;
  /** A folder for its temporary files. */
  readonly temp: string;
  readonly port: number;
  readonly publicKeys: JSONWebKeySet;
}

export type LogEntry = Readonly<Record<string, unknown>>;

export interface Analytics {
  readonly url: string;
  /** What it has logged so far. */
  readonly log: readonly LogEntry[];
  /** Whatever else it has written. */
  readonly noise: readonly string[];
  /** Files in its spool, of whatever organisation. */
  spooled(): Promise<string[]>;
  /** Changes when anything is put into an organisation's part of the spool or taken out of it. */
  spoolVersion(): Promise<string>;
  /** Sends a signal; resolves to the exit status once it is gone, and to null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Where its spool is, while it runs. */
  readonly temp: string;
}

async function versionOf({ parentPath, name }: Dirent): Promise<string> {
  return `${name} ${(await stat(join(parentPath, name), { bigint: true })).mtimeNs}`;
}

/** Starts it and waits until it listens. */
export async function startAnalytics(options: AnalyticsOptions): Promise<Analytics> {
  await mkdir(options.temp, { recursive: true });
  const temp = await mkdtemp(join(options.temp, 'analytics-'));
  const args = ['serve', '--data', options.dataDir, '--port', String(options.port)];
  const env = { ASSERTION_PUBLIC_KEYS: JSON.stringify(options.publicKeys) };
  const program = startProgram('cli.ts', args, { temp, env });
  const gone = once(program, 'exit').then(([status]) => status as number | null);

  const log: LogEntry[] = [];
  const noise: string[] = [];
  const listening = Promise.withResolvers<string>();
  createInterface(program.stderr).on('line', (line) => {
    const [, url] = /listens on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) listening.resolve(url);
    else if (line.startsWith('{')) log.push(JSON.parse(line));
    else noise.push(line);
  });
  const url = await Promise.race([
    listening.promise,
    gone.then(() => Promise.reject(new Error(`Cannot start the service: ${noise.join('\n')}`))),
  ]);

  const spool = async () => {
    const entries = await readdir(temp, { recursive: true, withFileTypes: true });
    return entries.filter(({ parentPath }) => parentPath.includes('ai-sessions-spool-'));
  };
  return {
    url,
    log,
    noise,
    temp,
    spooled: async () => (await spool()).flatMap((entry) => (entry.isFile() ? entry.name : [])),
    spoolVersion: async () => (await Promise.all((await spool()).map(versionOf))).join('\n'),
    end(signal) {
      program.kill(signal);
      return gone;
    },
  };
}
