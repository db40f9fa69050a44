// Parts of Runs, made at most once: found in the spool, or being made for someone else already, or
// made now. Stops making what nobody waits for any more.

import type { UnderWay } from '../underWay.ts';
import type { HeldPart, PartName, Spool } from './spool.ts';

/** Writes the part to the path and says how many rows it has. */
export type MakePart = (path: string, signal: AbortSignal) => Promise<number>;

/** How parts that were asked for came about. */
export interface PartCounts {
  rendered: number;
  /** Being rendered for someone else already. */
  shared: number;
  spool: number;
}

export interface Parts {
  readonly counts: Readonly<PartCounts>;
  obtain(part: PartName, make: MakePart, signal: AbortSignal): Promise<HeldPart>;
}

interface Making {
  readonly waiting: Set<PromiseWithResolvers<HeldPart>>;
  readonly stop: AbortController;
}

export function openParts(spool: Spool, underWay: UnderWay): Parts {
  const making = new Map<string, Making>();
  const counts: PartCounts = { rendered: 0, shared: 0, spool: 0 };

  async function make(name: PartName, maker: MakePart, signal: AbortSignal): Promise<HeldPart> {
    const draft = await spool.draft(name.organisation);
    try {
      const rows = await maker(draft, signal);
      return await spool.add(draft, name, rows);
    } catch (error) {
      await spool.discard(draft);
      throw error;
    }
  }

  function begin(key: string, name: PartName, maker: MakePart): Making {
    const begun: Making = { waiting: new Set(), stop: new AbortController() };
    making.set(key, begun);
    const done = () => making.get(key) === begun && making.delete(key);
    const made = make(name, maker, begun.stop.signal);
    underWay.add(made);
    void tell(made, begun, done);
    return begun;
  }

  async function tell(made: Promise<HeldPart>, { waiting }: Making, done: () => void) {
    try {
      const part = await made;
      done();
      for (const each of waiting) each.resolve(part.again());
      part.release();
    } catch (error) {
      done();
      for (const each of waiting) each.reject(error);
    }
  }

  return {
    counts,
    async obtain(name, maker, signal) {
      signal.throwIfAborted();
      const found = spool.hold(name);
      if (found !== undefined) {
        counts.spool += 1;
        return found;
      }
      const key = `${name.organisation}/${name.id}.${name.extension}`;
      const known = making.get(key);
      counts[known === undefined ? 'rendered' : 'shared'] += 1;
      const current = known ?? begin(key, name, maker);
      const mine = Promise.withResolvers<HeldPart>();
      current.waiting.add(mine);
      const leave = () => {
        current.waiting.delete(mine);
        if (current.waiting.size === 0) {
          if (making.get(key) === current) making.delete(key);
          current.stop.abort(signal.reason);
        }
        mine.reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      return mine.promise.finally(() => signal.removeEventListener('abort', leave));
    },
  };
}
