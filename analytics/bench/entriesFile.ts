// What `bench --json` has written, read again.

import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { CommandFailure } from '../failure.ts';
import { DashboardEntries } from './dashboard.ts';

const Entries = v.pipe(v.string(), v.parseJson(), DashboardEntries);

export async function readEntries(file: string): Promise<DashboardEntries> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandFailure(`Cannot read the baseline "${file}": ${error.message}`);
  });
  const parsed = v.safeParse(Entries, text);
  if (parsed.success) return parsed.output;
  throw new CommandFailure(`Cannot read the baseline "${file}": it must be what --json wrote`);
}
