// What is kept of a Run on disk, so that a restart forgets none: who asked, what for, what it is made
// of, how it ended. Holds no rows and no message text.

import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Problem } from '../../sql/contract/problem.ts';
import { parseRun, type ResolvedRun } from '../../sql/contract/run.ts';
import { RUN_STATES } from '../../sql/contract/runStatus.ts';
import { ifMissing } from '../lake/ifMissing.ts';

const Record = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  run: v.custom<ResolvedRun>((value) => !('problem' in parseRun(value))),
  /** Subjects of those who asked for it. */
  askers: v.array(v.string()),
  /** Of them, those who asked for the Run itself and not just for one download. */
  owners: v.array(v.string()),
  state: v.picklist(RUN_STATES),
  dataThrough: v.nullable(v.string()),
  /** Of the file: its first bytes in base64, and its segments. */
  header: v.string(),
  segments: v.array(v.object({ id: v.string() })),
  startedAt: v.string(),
  finishedAt: v.nullable(v.string()),
  /** When it was last asked for or read, or ended: its time to live is counted from here. */
  usedAt: v.string(),
  rows: v.number(),
  bytes: v.number(),
  sha256: v.nullable(v.string()),
  /** Why it failed, or that it was cancelled on request. */
  problem: v.nullable(
    v.custom<Problem>((value) => v.is(v.looseObject({ kind: v.string() }), value)),
  ),
});

export type RunRecord = v.InferOutput<typeof Record>;

export interface RecordStore {
  read(): Promise<RunRecord[]>;
  write(record: RunRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

export function openRecords(folder: string): RecordStore {
  const pathOf = (id: string) => join(folder, `${id}.json`);
  /** One at a time, so that the last one written is the last one asked for. */
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
  return {
    async read() {
      const names = await readdir(folder).catch(ifMissing<string[]>([]));
      const found: RunRecord[] = [];
      for (const name of names) {
        const text = await readFile(join(folder, name), 'utf8');
        const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Record), text);
        if (parsed.success) found.push(parsed.output);
        else await rm(join(folder, name), { force: true }); // of another version, or torn
      }
      return found;
    },
    write: (record) =>
      inTurn(async () => {
        await mkdir(folder, { recursive: true });
        const draft = `${pathOf(record.id)}.draft`;
        const file = await open(draft, 'w');
        try {
          await file.writeFile(JSON.stringify(record));
        } finally {
          await file.close();
        }
        await rename(draft, pathOf(record.id));
      }),
    remove: (id) => inTurn(() => rm(pathOf(id), { force: true })),
  };
}
