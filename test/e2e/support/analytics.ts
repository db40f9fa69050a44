// The analytics service as a process of its own (`ai-sessions serve`), with its log and its spool in
// view.

import { once } from 'node:events';
import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
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
  /** By default one of its own. */
  readonly spoolDir?: string;
  readonly flags?: readonly string[];
  /** Mounts a file system of so much at the spool, which only the service sees. */
  readonly spoolSpace?: string;
}

export type LogEntry = Readonly<Record<string, unknown>>;

export interface Analytics {
  readonly url: string;
  readonly pid: number | undefined;
  /** What it has logged so far. */
  readonly log: readonly LogEntry[];
  /** Whatever else it has written. */
  readonly noise: readonly string[];
  /** Files in its spool, of whatever organisation. */
  spooled(): Promise<string[]>;
  /** What lies in its spool only while Runs work: drafts, and the data that they read. */
  inHand(): Promise<string[]>;
  drafts(): Promise<number>;
  /** Sends a signal; resolves to the exit status once it is gone, and to null when it was killed. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Where its spool is, while it runs. */
  readonly temp: string;
}

/** The start of a command line that gives a program a small disk at the folder. */
function onDiskOf(size: string, folder: string): string[] {
  const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', size, folder];
}

/** Starts it and waits until it listens. */
export async function startAnalytics(options: AnalyticsOptions): Promise<Analytics> {
  await mkdir(options.temp, { recursive: true });
  const temp = await mkdtemp(join(options.temp, 'analytics-'));
  const spoolDir = options.spoolDir ?? join(temp, 'spool');
  const where = ['--data', options.dataDir, '--spool', spoolDir, '--port', String(options.port)];
  const args = ['serve', ...where, ...(options.flags ?? [])];
  const env = { ASSERTION_PUBLIC_KEYS: JSON.stringify(options.publicKeys) };
  await mkdir(spoolDir, { recursive: true });
  const wrapper = options.spoolSpace === undefined ? [] : onDiskOf(options.spoolSpace, spoolDir);
  const program = startProgram('cli.ts', args, { temp, env, wrapper });
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

  const spooled = async () => {
    const entries = await readdir(spoolDir, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile());
  };
  const inHand = async () =>
    (await spooled()).filter(
      ({ name, parentPath }) => name.endsWith('.draft') || parentPath.includes('snapshot'),
    );
  return {
    url,
    pid: program.pid,
    log,
    noise,
    temp,
    spooled: async () => (await spooled()).map(({ name }) => name).toSorted(),
    inHand: async () => (await inHand()).map(({ name }) => name),
    drafts: async () => (await inHand()).filter(({ name }) => name.endsWith('.draft')).length,
    end(signal) {
      program.kill(signal);
      return gone;
    },
  };
}
