// Where an audit file ended when it was last written to, beside it: what is cut off its end shows. Is
// replaced whole; the file may be longer, because it is written first.

import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { ifMissing } from '../lake/ifMissing.ts';
import { GENESIS } from './chain.ts';
import { syncFolder } from './syncFolder.ts';

const Head = v.object({ count: v.number(), hash: v.string(), bytes: v.number() });

export type Head = Readonly<v.InferOutput<typeof Head>>;

export const EMPTY: Head = { ...GENESIS, bytes: 0 };

/** Undefined when there is none, or none that can be read. */
export async function readHead(path: string): Promise<Head | undefined> {
  const text = await readFile(path, 'utf8').catch(ifMissing(''));
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Head), text);
  return parsed.success ? parsed.output : undefined;
}

export async function writeHead(path: string, head: Head): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, 'w');
  try {
    await file.writeFile(`${JSON.stringify(head)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}
