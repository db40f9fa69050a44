// Which organisations have a lake in a data directory.

import { readdir } from 'node:fs/promises';
import * as v from 'valibot';
import { OrganisationName } from '../../sql/contract/roles.ts';
import { ifMissing } from './ifMissing.ts';

/** Names of the organisations, sorted; none when there is no such directory. */
export async function listLakes(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { withFileTypes: true }).catch(ifMissing([]));
  return entries
    .filter((entry) => entry.isDirectory() && v.is(OrganisationName, entry.name))
    .map((entry) => entry.name)
    .toSorted();
}
