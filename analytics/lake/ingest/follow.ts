// Takes the files of a drop folder one after the other, until it is stopped. Done ones are moved aside,
// and those that cannot be taken too, so that they hold up no other. Knows no clock.

import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BusyFailure } from '../../engine/lock.ts';
import { openDropFolder } from './dropFolder.ts';
import { ingest } from './ingest.ts';
import type { IngestRequest, IngestResult } from './request.ts';
import { isSourceName } from './source.ts';
import { SourceFailure } from './sourceFailure.ts';

export interface FollowRequest extends Omit<IngestRequest, 'sources' | 'rejectsFile' | 'now'> {
  readonly folder: string;
}

export interface TakenFile {
  /** Where it is now. */
  readonly file: string;
  readonly outcome: IngestResult | SourceFailure;
  /** Beside the file, if anything was rejected. */
  readonly rejectsFile: string | undefined;
}

/**
 * Looks into the folder at each moment that comes, and ends with them. A file waits while the lake is
 * busy; what is wrong with the lake or the machine ends everything, with the file where it was.
 */
export async function* follow(
  { folder, ...request }: FollowRequest,
  moments: AsyncIterable<Date>,
): AsyncGenerator<TakenFile> {
  const dropFolder = openDropFolder(folder, (name) => isSourceName(request.kind, name));
  for await (const now of moments) {
    for (const name of await dropFolder.settled(now.getTime())) {
      const rejects = join(folder, `_${name}.rejects.csv`);
      const sources = [join(folder, name)];
      const outcome = await ingest({ ...request, sources, rejectsFile: rejects, now }).catch(
        async (error: unknown) => {
          await rm(rejects, { force: true });
          return told(error);
        },
      );
      if (outcome instanceof BusyFailure) break;
      const isDone = !(outcome instanceof SourceFailure) && outcome.lake !== undefined;
      const file = await dropFolder.moveTo(isDone ? 'done' : 'failed', name);
      yield { file, outcome, rejectsFile: await keepRejects(rejects, file, outcome) };
    }
  }
}

function told(error: unknown): BusyFailure | SourceFailure {
  if (error instanceof BusyFailure || error instanceof SourceFailure) return error;
  throw error;
}

async function keepRejects(
  rejects: string,
  file: string,
  outcome: IngestResult | SourceFailure,
): Promise<string | undefined> {
  if (outcome instanceof SourceFailure) return undefined;
  if (outcome.rejected.count === 0) {
    await rm(rejects);
    return undefined;
  }
  const kept = `${file}.rejects.csv`;
  await rename(rejects, kept);
  return kept;
}
