// How many Runs work at once: in all, and of one organisation; who comes later waits in line, not too
// many of one organisation and not too long. Knows no Run.

import { ProblemError } from '../../sql/contract/problem.ts';

export interface AdmissionLimits {
  readonly runsAtOnce: number;
  readonly runsPerOrganisation: number;
  readonly queueLength: number;
  readonly queueWaitMs: number;
}

export interface Admission {
  readonly working: number;
  readonly waiting: number;
  /** Throws the problem `too-many-runs` at once when it is no use to wait. */
  assertRoom(organisation: string): void;
  /** Waits for a place; the function that it resolves with gives the place back. */
  enter(organisation: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly organisation: string;
  readonly admit: () => void;
}

export function openAdmission(limits: AdmissionLimits): Admission {
  const working = new Map<string, number>();
  const queue: Waiting[] = [];
  let total = 0;

  const countOf = (organisation: string) => working.get(organisation) ?? 0;
  const hasRoom = (organisation: string) =>
    total < limits.runsAtOnce && countOf(organisation) < limits.runsPerOrganisation;

  /** Whether it is the organisation's own Runs that stand in the way, or everyone's. */
  function refusal(organisation: string): ProblemError {
    const isOwn = countOf(organisation) >= limits.runsPerOrganisation;
    const retryAfterSeconds = Math.ceil(limits.queueWaitMs / 1000);
    return new ProblemError({ kind: isOwn ? 'too-many-runs' : 'busy', retryAfterSeconds });
  }

  function take(organisation: string): () => void {
    total += 1;
    working.set(organisation, countOf(organisation) + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      total -= 1;
      working.set(organisation, countOf(organisation) - 1);
      const next = queue.findIndex((each) => hasRoom(each.organisation));
      if (next >= 0) queue.splice(next, 1)[0]?.admit();
    };
  }

  return {
    get working() {
      return total;
    },
    get waiting() {
      return queue.length;
    },
    assertRoom(organisation) {
      const waiting = queue.filter((each) => each.organisation === organisation);
      const isLong = waiting.length >= limits.queueLength;
      if (!hasRoom(organisation) && isLong) throw refusal(organisation);
    },
    async enter(organisation, signal) {
      signal.throwIfAborted();
      if (hasRoom(organisation)) return take(organisation);
      this.assertRoom(organisation);
      const turn = Promise.withResolvers<() => void>();
      const place: Waiting = { organisation, admit: () => turn.resolve(take(organisation)) };
      queue.push(place);
      const leave = (reason: unknown) => {
        const index = queue.indexOf(place);
        if (index >= 0) queue.splice(index, 1);
        turn.reject(reason);
      };
      const onAbort = () => leave(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const patience = setTimeout(() => leave(refusal(organisation)), limits.queueWaitMs);
      return turn.promise.finally(() => {
        clearTimeout(patience);
        signal.removeEventListener('abort', onAbort);
      });
    },
  };
}
