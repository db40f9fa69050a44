// What has been removed from a lake since something was made of it: a customer, or texts whose time was
// over. Remembers in the spool what has been seen, so that a later process does not miss any.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { fileVersion } from '../lake/days.ts';
import { ifMissing } from '../lake/ifMissing.ts';
import type { LakeLayout } from '../lake/layout.ts';

export interface SeenRemoval {
  /** Whatever shows an earlier UTC day may show what is gone. */
  readonly before: string;
  /** To be called when nothing of it is left. */
  done(): Promise<void>;
}

export interface Removals {
  /** Undefined when all of them are done. */
  next(): Promise<SeenRemoval | undefined>;
}

/** What was removed before the spool existed cannot be in it. */
const NOTHING = '';
const EVERY_DAY = '9999-12-31';

const Expired = v.object({ before: v.string() });

export async function openRemovals(layout: LakeLayout, folder: string): Promise<Removals> {
  const files = { forgotten: join(folder, 'forgotten'), expired: join(folder, 'expired') };
  let forgotten = await read(files.forgotten);
  let expired = await read(files.expired);
  return {
    async next() {
      const customers = (await fileVersion(layout.forgottenFile))?.version ?? NOTHING;
      const texts = await read(layout.expiredFile);
      if (customers === forgotten && texts === expired) return undefined;
      const areTextsAlone = customers === forgotten && texts !== NOTHING;
      return {
        before: areTextsAlone ? v.parse(Expired, JSON.parse(texts)).before : EVERY_DAY,
        async done() {
          await mkdir(folder, { recursive: true });
          await writeFile(files.forgotten, customers);
          await writeFile(files.expired, texts);
          forgotten = customers;
          expired = texts;
        },
      };
    },
  };
}

function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(ifMissing(NOTHING));
}
