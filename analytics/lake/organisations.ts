// The organisations of one data directory, each opened once, when first asked for. The name decides
// the folder, so it is checked here again, whoever asks.

import { join } from 'node:path';
import * as v from 'valibot';
import { ProblemError } from '../../sql/contract/problem.ts';
import { OrganisationName } from '../../sql/contract/roles.ts';
import { lakeLayout } from './layout.ts';
import { type EngineLimits, type Organisation, openOrganisation } from './organisation.ts';

export interface Organisations {
  /** A name without a lake is the problem `unknown-organisation`. */
  get(name: string): Promise<Organisation>;
  /** Those that are open. */
  opened(): Promise<Organisation[]>;
  close(): Promise<void>;
}

/**
 * Each organisation's engine gets a spool folder of its own name, and reaches no other. `onOpen` is told of
 * each that has been opened.
 */
export function openOrganisations(
  dataDir: string,
  limits: EngineLimits,
  onOpen: (organisation: Organisation) => void,
): Organisations {
  const opened = new Map<string, Promise<Organisation>>();
  async function whole(): Promise<Organisation[]> {
    const settled = await Promise.allSettled(opened.values());
    return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }
  return {
    async get(name) {
      if (!v.is(OrganisationName, name)) throw new ProblemError({ kind: 'unknown-organisation' });
      const known = opened.get(name);
      if (known !== undefined) return known;
      const spoolDirectory = join(limits.spoolDirectory, name);
      const opening = openOrganisation(lakeLayout(dataDir, name), { ...limits, spoolDirectory });
      opened.set(name, opening);
      opening.then(onOpen, () => opened.delete(name)); // the lake may be there next time
      return opening;
    },
    opened: whole,
    async close() {
      const closing = await whole();
      opened.clear();
      for (const each of closing) await each.close();
    },
  };
}
