// One at a time, in this process and in others, and no longer than the holder lives.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BusyFailure, holdLock } from '../../analytics/engine/lock.ts';
import { CommandFailure } from '../../analytics/failure.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  path = join(folder, 'made', 'when', 'needed.lock');
});

afterEach(() => rm(folder, { recursive: true }));

const LOCK_MODULE = join(import.meta.dirname, '../../analytics/engine/lock.ts');

/** Another process that holds the lock until it is killed. */
async function startHolder() {
  const script = `
    const { holdLock } = await import(${JSON.stringify(LOCK_MODULE)});
    await holdLock(${JSON.stringify(path)}, 'hold');
    process.stdout.write('held');
    setInterval(() => {}, 60_000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  return holder;
}

test('a second hold is refused with the process that has the first, until that is released', async () => {
  const first = await holdLock(path, 'ingest');

  await expect(holdLock(path, 'ingest into acme')).rejects.toThrow(
    new BusyFailure(
      `Cannot ingest into acme: process ${process.pid} is at work on the same; try again when it has ended`,
    ),
  );
  first.release();

  (await holdLock(path, 'ingest')).release();
});

test('another process keeps it until it dies, however it dies', async () => {
  const holder = await startHolder();
  try {
    await expect(holdLock(path, 'ingest')).rejects.toThrow(`process ${holder.pid} is at work`);
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }

  (await holdLock(path, 'ingest')).release();
});

test('this process keeps others out, after refusing itself too', async () => {
  const lock = await holdLock(path, 'ingest');
  await expect(holdLock(path, 'ingest')).rejects.toThrow(CommandFailure);
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `const { holdLock } = await import(${JSON.stringify(LOCK_MODULE)});
       await holdLock(${JSON.stringify(path)}, 'ingest').catch((error) => process.stdout.write(error.message));`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = await once(holder.stdout, 'data');
  lock.release();

  expect(String(said)).toContain(`process ${process.pid} is at work`);
});

test('a file that is no lock is a failure that names it', async () => {
  path = join(folder, 'other');
  await writeFile(path, 'something else');

  await expect(holdLock(path, 'ingest')).rejects.toThrow(
    `Cannot ingest: the lock ${path} cannot be taken`,
  );
});
