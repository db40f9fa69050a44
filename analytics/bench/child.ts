// A process that does one thing and tells what it measured, so that its memory is that thing's alone.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CommandFailure } from '../failure.ts';

/** What a child writes goes to standard error. */
export async function runChild<Result>(
  script: URL,
  job: object,
  signal: AbortSignal,
): Promise<Result> {
  const path = fileURLToPath(script);
  const child = fork(path, { signal, stdio: ['ignore', 2, 'inherit', 'ipc'] });
  const told = once(child, 'message').then(([result]) => result as Result);
  const gone = once(child, 'exit');
  told.catch(() => {}); // an abort is told by `gone` too
  gone.catch(() => {});
  child.send(job);
  const result = await Promise.race([told, gone.then(() => undefined)]);
  await gone;
  if (result === undefined) throw new CommandFailure(`Cannot measure: "${path}" ended early`);
  return result;
}

/** The child's side: takes its one job, tells the result, and ends. */
export async function answerJob(work: (job: never) => Promise<object>): Promise<void> {
  const [job] = await once(process, 'message');
  const result = await work(job as never);
  process.send?.(result, () => process.disconnect());
}
