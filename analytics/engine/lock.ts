// A lock that dies with its process: the operating system's, on a DuckDB database file that nothing is
// ever written to. Knows nothing of what it protects.

import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { CommandFailure } from '../failure.ts';

/** Somebody else has it now: a matter of waiting. */
export class BusyFailure extends CommandFailure {}

export interface Lock {
  release(): void;
}

/** The system's lock keeps out other processes only, and is lost when this one opens the file again. */
const heldHere = new Set<string>();

const HOLDER = /\(PID (\d+)\)/;

/**
 * Takes the lock at once or fails: `action` completes the sentence "Cannot …". The file stays behind,
 * because a lock on a file that somebody removes keeps nobody out.
 */
export async function holdLock(path: string, action: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true });
  const place = join(await realpath(dirname(path)), basename(path));
  if (heldHere.has(place)) throw busy(action, process.pid);
  heldHere.add(place);
  const instance = await DuckDBInstance.create(place, { threads: '1' }).catch((error: Error) => {
    heldHere.delete(place);
    const holder = HOLDER.exec(error.message)?.[1];
    if (holder !== undefined) throw busy(action, Number(holder));
    throw new CommandFailure(`Cannot ${action}: the lock ${path} cannot be taken`, {
      cause: error,
    });
  });
  return {
    release() {
      instance.closeSync();
      heldHere.delete(place);
    },
  };
}

function busy(action: string, pid: number): BusyFailure {
  return new BusyFailure(
    `Cannot ${action}: process ${pid} is at work on the same; try again when it has ended`,
  );
}
