// Where the Runs of all organisations work: they share the spool, the places and the statements at
// once, and nothing else.

import pLimit from 'p-limit';
import type { Organisation } from '../lake/organisation.ts';
import type { UnderWay } from '../underWay.ts';
import { openAdmission } from './admission.ts';
import type { RunLimits } from './limits.ts';
import { openParts } from './parts.ts';
import { openPrefixHashes } from './prefixHashes.ts';
import type { RunRecord } from './record.ts';
import { openRuns, type Runs } from './runs.ts';
import type { Spool } from './spool.ts';

export interface Workshop {
  readonly runsOf: (organisation: Organisation) => Promise<Runs>;
  /** Removes what is older than it may be. */
  sweep(): Promise<void>;
  /** Stops all work; `underWay` tells when it has ended. */
  suspend(): Promise<void>;
}

export interface WorkshopTools {
  readonly spool: Spool;
  readonly limits: RunLimits;
  readonly underWay: UnderWay;
  /** Segments of a Run that may be rendered before anyone takes them. */
  readonly lead: number;
  readonly now: () => Date;
  readonly onEnd: (record: RunRecord, error?: unknown) => void;
}

export function openWorkshop({ limits, ...tools }: WorkshopTools): Workshop {
  const shared = {
    ...tools,
    parts: openParts(tools.spool, tools.underWay),
    hashes: openPrefixHashes(),
    admission: openAdmission(limits),
    statement: pLimit(limits.statementsAtOnce),
    maxRunMs: limits.maxRunMs,
  };
  const opened = new Map<Organisation, Promise<Runs>>();
  return {
    async runsOf(organisation) {
      const opening = opened.get(organisation) ?? openRuns(organisation, shared);
      opened.set(organisation, opening);
      opening.catch(() => opened.delete(organisation));
      const runs = await opening;
      await runs.keepUp();
      return runs;
    },
    async suspend() {
      for (const runs of opened.values()) (await runs).suspend();
    },
    async sweep() {
      await tools.spool.sweep();
      const before = new Date(tools.now().getTime() - limits.maxAgeMs);
      const swept = await Promise.allSettled(
        [...opened.values()].map(async (opening) => {
          const runs = await opening;
          await runs.keepUp();
          await runs.forget(before);
        }),
      );
      const failures = swept.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      if (failures.length > 0)
        throw new AggregateError(failures, 'Cannot sweep every organisation');
    },
  };
}
