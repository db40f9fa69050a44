// The edge worker in workerd on this machine: wrangler as a process group of its own, so that
// stopping it leaves nothing running.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommandFailure } from '../failure.ts';

const PROJECT_ROOT = fileURLToPath(new URL('../../', import.meta.url));

const HOST = '127.0.0.1';
const READY_TIMEOUT_MS = 90_000;
const READY_POLL_MS = 100;
const STOP_TIMEOUT_MS = 5_000;

/** Tried again while a killed process is still writing its last file. */
const REMOVE_OPTIONS = { recursive: true, force: true, maxRetries: 5 };

export interface EdgeProcess {
  readonly url: string;
  /** Settles when the worker is gone, whoever ended it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface EdgeOptions {
  readonly port: number;
  /** The worker's variables; they travel in a file that only this user can read. */
  readonly variables: Readonly<Record<string, string>>;
  /** Takes what the worker and wrangler print. */
  readonly onOutput: (text: string) => void;
  /** Gives up waiting for the worker to answer. */
  readonly signal: AbortSignal;
}

function wranglerScript(): string {
  const manifest = createRequire(import.meta.url).resolve('wrangler/package.json');
  return join(dirname(manifest), 'bin', 'wrangler.js');
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already gone
  }
}

/** Wrangler accepts connections long before it answers, so the wait for one answer can be long. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  return fetch(`${url}/healthz`, { signal }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Starts the worker and waits until it answers; an abort until then throws the signal's reason. */
export async function startEdge(options: EdgeOptions): Promise<EdgeProcess> {
  const { port, variables, onOutput, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-edge-'));
  const envFile = join(folder, 'variables.env');
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(envFile, lines.join(''), { mode: 0o600 });

  const wranglerOptions = [
    'dev',
    `--ip=${HOST}`,
    `--port=${port}`,
    '--inspector-port=0',
    `--env-file=${envFile}`,
    `--persist-to=${join(folder, 'state')}`,
    '--log-level=warn',
    '--show-interactive-dev-session=false',
  ];
  const child = spawn(process.execPath, [wranglerScript(), ...wranglerOptions], {
    cwd: PROJECT_ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CI: '1',
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_LOG_PATH: join(folder, 'logs'),
    },
  });
  child.stdout.on('data', (chunk: Buffer) => onOutput(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => onOutput(chunk.toString()));
  const killAtExit = () => {
    signalGroup(child, 'SIGKILL');
    rmSync(folder, REMOVE_OPTIONS);
  };
  process.once('exit', killAtExit);

  async function untilGone(): Promise<void> {
    await once(child, 'exit');
    process.off('exit', killAtExit);
    signalGroup(child, 'SIGKILL');
    await rm(folder, REMOVE_OPTIONS);
  }
  const ended = untilGone();

  const stop = async () => {
    signalGroup(child, 'SIGTERM');
    const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(kill);
  };

  const url = `http://${HOST}:${port}`;
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(READY_TIMEOUT_MS)]);
  const gone = ended.then(() => 'gone' as const);
  while (!(await answers(url, giveUp))) {
    const state = await Promise.race([gone, delay(READY_POLL_MS)]);
    if (state === 'gone') throw new CommandFailure('Cannot start the edge worker: wrangler ended');
    if (giveUp.aborted) {
      await stop();
      signal.throwIfAborted();
      throw new CommandFailure(`Cannot start the edge worker: no answer on ${url}`);
    }
  }
  return { url, ended, stop };
}
