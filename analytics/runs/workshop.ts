// Where the Runs of all organisations work: they share the spool, the places and the statements at
// once, and nothing else.

import pLimit from 'p-limit';
import type { Organisation } from '../lake/organisation.ts';
import type { UnderWay } from '../underWay.ts';
import { openAdmission } from './admission.ts';
import type { RunLimits } from './limits.ts';
import { openParts, type PartCounts } from './parts.ts';
import { openPrefixHashes } from './prefixHashes.ts';
import type { WorkEnd } from './run.ts';
import { openRuns, type Runs } from './runs.ts';
import type { Spool } from './spool.ts';

export interface Workshop {
  readonly runsOf: (organisation: Organisation) => Promise<Runs>;
  standing(): Standing;
  /** Removes what is older than it may be. */
  sweep(): Promise<void>;
  /** Stops all work; `underWay` tells when it has ended. */
  suspend(): Promise<void>;
}

/** What is at work, and what waits for it. */
export interface Standing {
  readonly runsWorking: number;
  readonly runsWaiting: number;
  readonly statementsWorking: number;
  readonly statementsWaiting: number;
  readonly parts: Readonly<PartCounts>;
}

export interface WorkshopTools {
  readonly spool: Spool;
  readonly limits: RunLimits;
  readonly underWay: UnderWay;
  /** Segments of a Run that may be rendered before anyone takes them. */
  readonly lead: number;
  readonly now: () => Date;
  readonly onEnd: (end: WorkEnd) => void;
}

export function openWorkshop({ limits, ...tools }: WorkshopTools): Workshop {
  const shared = {
    ...tools,
    parts: openParts(tools.spool, tools.underWay),
    hashes: openPrefixHashes(),
    admission: openAdmission(limits),
    statement: pLimit(limits.statementsAtOnce),
    maxRunMs: limits.maxRunMs,
    maxAgeMs: limits.maxAgeMs,
  };
  const { parts, admission, statement } = shared;
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
    standing: () => ({
      runsWorking: admission.working,
      runsWaiting: admission.waiting,
      statementsWorking: statement.activeCount,
      statementsWaiting: statement.pendingCount,
      parts: parts.counts,
    }),
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
