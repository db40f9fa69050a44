// One Run with those who want it: begun, begun again where parts of it are gone, cancelled when nobody
// wants it any more, and its record kept in step. Knows no HTTP and no other Run.

import type { LimitFunction } from 'p-limit';
import { type Problem, ProblemError } from '../../sql/contract/problem.ts';
import type { Encoding } from '../formats/compress.ts';
import type { Organisation } from '../lake/organisation.ts';
import { stopwatchMs } from '../stopwatch.ts';
import type { UnderWay } from '../underWay.ts';
import type { Admission } from './admission.ts';
import { type Execution, execute, type RunTotals } from './execution.ts';
import { problemOf } from './failure.ts';
import type { Parts } from './parts.ts';
import { type RunPlan, segmentFiles } from './plan.ts';
import type { PrefixHashes } from './prefixHashes.ts';
import { openReader, type RunReader } from './reader.ts';
import type { RecordStore, RunRecord } from './record.ts';
import { runFile } from './runFile.ts';
import type { Snapshot, Snapshots } from './snapshot.ts';
import type { HeldPart, Spool } from './spool.ts';
import { openTransfer, type Transfer } from './transfer.ts';

export interface RunTools {
  readonly organisation: Organisation;
  readonly spool: Spool;
  readonly parts: Parts;
  readonly snapshots: Snapshots;
  readonly hashes: PrefixHashes;
  readonly records: RecordStore;
  readonly admission: Admission;
  readonly statement: LimitFunction;
  readonly underWay: UnderWay;
  readonly maxRunMs: number;
  /** How long a finished Run is kept after its last use. */
  readonly maxAgeMs: number;
  /** Segments that may be rendered before anyone takes them. */
  readonly lead: number;
  readonly now: () => Date;
  /** The Run planned over the data as it is now. */
  readonly plan: (record: RunRecord) => Promise<RunPlan>;
  /** Told each time that work on it ends. */
  readonly onEnd: (end: WorkEnd) => void;
}

/** How work on a Run ended, and how long it took. */
export interface WorkEnd {
  readonly record: RunRecord;
  readonly organisation: string;
  /** Until it had its place; undefined when it never had one. */
  readonly queuedMs: number | undefined;
  readonly totalMs: number;
  readonly error: unknown;
}

export type RunStanding = RunRecord & {
  readonly percent: number;
  /** Of the file of a complete Run. */
  readonly expiresAt: string | null;
};

export interface Run {
  readonly id: string;
  /** True while someone is reading it. */
  readonly isRead: boolean;
  /** False while it has only been asked for. */
  readonly isBegun: boolean;
  /** True until the work at hand has ended. */
  readonly isWorking: boolean;
  status(): RunStanding;
  /** Whoever asks for a Run that failed or was cancelled gives it another try. */
  ask(subject: string, plan: RunPlan): void;
  /** Goes on where an earlier process stopped, if it is wanted still. */
  goOn(): void;
  /** Sees to it that the Run is complete or on its way there, for its owner; saved when it resolves. */
  want(owner: string): Promise<void>;
  /** Resolves when the work at hand has ended, well or not, and `status` says how. */
  ended(): Promise<void>;
  /**
   * Waits until the Run has a place to work, or the reader is gone. Someone who reads wants it, until the
   * reader leaves.
   */
  read(subject: string, transfer: Encoding | undefined, gone?: AbortSignal): Promise<RunReader>;
  /** Stops working, and leaves no record; resolves when nothing of it works any more. */
  forget(): Promise<void>;
  /** Stops working; a later process may go on. */
  suspend(): void;
  /** The subject wants it no more; what nobody wants is cancelled. */
  cancel(subject: string): Promise<void>;
}

const CANCELLED: Problem = { kind: 'run-cancelled' };

interface Work {
  /** Resolves when the Run has its place; rejects when it ends before that. */
  readonly begun: Promise<Execution>;
  readonly stop: AbortController;
  readonly complete: Promise<void>;
  execution: Execution | undefined;
  hasEnded: boolean;
  readonly elapsedMs: () => number;
  queuedMs: number | undefined;
}

/** Without a problem of its own: the Run goes on when someone reads it again. */
const ABANDONED = new Error('Nobody wants the Run any more');

const SUSPENDED = new Error('The service stops');

/** Refusals of the moment: whoever asks again is not told of them. */
const PASSING = new Set<Problem['kind']>(['busy', 'too-many-runs']);

const unheard = () => {}; // a rejection that is told where it is waited for

export function openRun(initial: RunRecord, tools: RunTools, planned?: RunPlan): Run {
  const { records, admission, now } = tools;
  const organisation = tools.organisation.layout.organisation;
  const filePlan = { ...initial, organisation };
  const header = Buffer.from(initial.header, 'base64');
  const readers = new Set<{ readonly subject: string; readonly leave: RunReader['leave'] }>();
  const transfers = new Map<Encoding, { readers: number; transfer: Transfer | undefined }>();
  let record = initial;
  let work: Work | undefined;
  let isForgotten = false;
  let ended: Promise<void> = Promise.resolve();

  async function save(changes: Partial<RunRecord>): Promise<void> {
    record = { ...record, ...changes };
    if (!isForgotten) await records.write(record);
  }

  /** The Run and the parts of its file are kept from now on for as long as ever. */
  function use(): void {
    record = { ...record, usedAt: now().toISOString() };
    for (const name of runFile(filePlan, header, undefined).parts)
      tools.spool.hold(name)?.release();
  }

  async function settledPlan(): Promise<RunPlan> {
    const plan = planned ?? (await tools.plan(record));
    planned = undefined;
    if (plan.id !== record.id) throw new ProblemError({ kind: 'run-expired' });
    return plan;
  }

  /** Waits for a place, and works there. */
  async function workInPlace(
    plan: RunPlan,
    snapshot: Snapshot,
    mine: Work,
    begun: PromiseWithResolvers<Execution>,
  ): Promise<RunTotals> {
    const { stop } = mine;
    const leave = await admission.enter(organisation, stop.signal);
    mine.queuedMs = mine.elapsedMs();
    const timeOut = new ProblemError({ kind: 'run-timed-out', seconds: tools.maxRunMs / 1000 });
    const patience = setTimeout(() => stop.abort(timeOut), tools.maxRunMs);
    try {
      if (record.state !== 'complete') await save({ state: 'running' });
      mine.execution = execute(plan, { ...tools, snapshot, header }, stop.signal);
      begun.resolve(mine.execution);
      return await mine.execution.done;
    } finally {
      clearTimeout(patience);
      leave();
    }
  }

  /** Holds the data first: who has been let in to read can no longer be told that it has changed. */
  async function carryOut(mine: Work, begun: PromiseWithResolvers<Execution>): Promise<void> {
    const plan = await settledPlan();
    const snapshot = await tools.snapshots.take(plan.segments.flatMap(segmentFiles));
    let totals: RunTotals;
    try {
      totals = await workInPlace(plan, snapshot, mine, begun);
    } finally {
      await snapshot.release();
    }
    use();
    await save({ ...totals, state: 'complete', finishedAt: record.usedAt, problem: null });
  }

  function tellEnd({ queuedMs, elapsedMs }: Work, error?: unknown): void {
    tools.onEnd({ record, organisation, queuedMs, totalMs: elapsedMs(), error });
  }

  async function fail(mine: Work, error: unknown): Promise<void> {
    const isStopped = error === SUSPENDED || error === ABANDONED;
    if (isStopped && record.state === 'complete') return; // only parts that were gone are missing
    if (error === SUSPENDED) return save({ state: 'queued' });
    const problem = error === ABANDONED ? null : problemOf(error);
    const isCancelled = problem === null || problem.kind === 'run-cancelled';
    const state = isCancelled ? 'cancelled' : 'failed';
    const finishedAt = now().toISOString();
    await save({ state, problem, finishedAt, usedAt: finishedAt });
    tellEnd(mine, isCancelled ? undefined : error);
  }

  /** The work at hand; after work that has been stopped, another begins when that has ended. */
  function begin(): Work {
    if (work !== undefined && !isStopping()) return work;
    if (record.state !== 'complete') {
      const startedAt = now().toISOString();
      record = { ...record, state: 'queued', startedAt, finishedAt: null, problem: null };
    }
    const begun = Promise.withResolvers<Execution>();
    begun.promise.catch(unheard);
    const complete = Promise.withResolvers<void>();
    complete.promise.catch(unheard);
    const mine: Work = {
      begun: begun.promise,
      complete: complete.promise,
      stop: new AbortController(),
      execution: undefined,
      hasEnded: false,
      elapsedMs: stopwatchMs(),
      queuedMs: undefined,
    };
    work = mine;
    const before = Promise.allSettled([ended]);
    const untilEnd = async () => {
      await before;
      try {
        mine.stop.signal.throwIfAborted();
        await carryOut(mine, begun);
        complete.resolve();
        tellEnd(mine);
      } catch (error) {
        begun.reject(error);
        complete.reject(error);
        if (work === mine) {
          work = undefined;
          await fail(mine, error);
        }
      }
      mine.hasEnded = true;
      if (work !== mine) mine.execution?.release();
      leaveAlone();
    };
    ended = untilEnd();
    tools.underWay.add(ended);
    return mine;
  }

  /** Where nobody reads: finished work may let its parts go, and other work is wanted by owners only. */
  function leaveAlone(): void {
    if (work === undefined || readers.size > 0) return;
    if (work.hasEnded) {
      work.execution?.release();
      work = undefined;
    } else if (record.owners.length === 0 || record.state === 'complete') {
      work.stop.abort(ABANDONED);
    }
  }

  const isStopping = () => work?.stop.signal.aborted === true;

  /** Why the Run ended, or is about to, so that nobody reads on. */
  function refusal(): Problem | null {
    const reason: unknown = work?.stop.signal.reason;
    return reason instanceof ProblemError ? reason.problem : record.problem;
  }

  async function filePart(index: number): Promise<HeldPart> {
    const name = runFile(filePlan, header, undefined).parts[index];
    const known = name && tools.spool.hold(name);
    if (known !== undefined) return known;
    const problem = refusal();
    if (problem !== null) throw new ProblemError(problem);
    return (await (await begin().begun).part(index)).again();
  }

  /** One transfer for all who take the encoding; begun when its first piece is asked for. */
  function compressing(encoding: Encoding) {
    const shared = transfers.get(encoding) ?? { readers: 0, transfer: undefined };
    shared.readers += 1;
    transfers.set(encoding, shared);
    return {
      piece: (index: number) => {
        shared.transfer ??= openTransfer(filePlan, header, encoding, {
          ...tools,
          plainPart: filePart,
        });
        return shared.transfer.piece(index);
      },
      leave() {
        shared.readers -= 1;
        if (shared.readers > 0) return;
        transfers.delete(encoding);
        void shared.transfer?.close();
      },
    };
  }

  const isUnfinished = () => record.state === 'queued' || record.state === 'running';

  return {
    id: initial.id,
    get isRead() {
      return readers.size > 0;
    },
    get isBegun() {
      return work !== undefined || record.state !== 'queued' || record.owners.length > 0;
    },
    get isWorking() {
      return work !== undefined && !work.hasEnded;
    },
    status() {
      if (record.state !== 'complete') {
        return { ...record, expiresAt: null, percent: 0, ...work?.execution?.progress() };
      }
      const expiresAt = new Date(Date.parse(record.usedAt) + tools.maxAgeMs).toISOString();
      return { ...record, expiresAt, percent: 100 };
    },
    ask(subject, plan) {
      use();
      record = { ...record, askers: [...new Set([...record.askers, subject])] };
      const isDying = isStopping();
      if (isDying) work = undefined; // how that ends is no longer this Run's end
      if (isDying || record.state === 'failed' || record.state === 'cancelled') {
        const state = record.state === 'complete' ? 'complete' : 'queued';
        record = { ...record, state, problem: null };
      }
      if (record.state !== 'complete') planned = plan;
    },
    goOn() {
      if (isUnfinished() && record.owners.length > 0) begin();
    },
    async want(owner) {
      const owners = [...new Set([...record.owners, owner])];
      record = { ...record, owners };
      if (record.state !== 'complete') begin();
      await save({});
    },
    ended: () => ended,
    async read(subject, encoding, gone) {
      const problem = refusal();
      if (problem !== null && !PASSING.has(problem.kind)) throw new ProblemError(problem);
      if (record.state !== 'complete' || isStopping()) begin();
      const transfer = encoding === undefined ? undefined : compressing(encoding);
      const reader = openReader(runFile(filePlan, header, encoding), {
        spool: tools.spool,
        make: transfer?.piece ?? filePart,
        async whole() {
          if (record.state !== 'complete') await work?.complete;
        },
        onPassed: (index) => {
          if (transfer === undefined) work?.execution?.passed(index);
        },
        onLeave() {
          readers.delete(mine);
          transfer?.leave();
          use();
          // Where that cannot be written, a later process counts from the use before.
          if (record.state === 'complete') tools.underWay.add(save({}));
          leaveAlone();
        },
      });
      const mine = { subject, leave: reader.leave };
      readers.add(mine);
      const cancelled = new ProblemError(CANCELLED);
      gone?.addEventListener('abort', () => reader.leave(cancelled), { once: true });
      try {
        if (gone?.aborted) throw cancelled;
        await Promise.race([work?.begun, reader.left]);
        return reader;
      } catch (error) {
        reader.leave();
        throw new ProblemError(problemOf(error));
      }
    },
    async forget() {
      isForgotten = true;
      const changed = new ProblemError({ kind: 'data-changed' });
      work?.stop.abort(changed);
      for (const { leave } of readers) leave(changed);
      for (const { transfer } of transfers.values()) await transfer?.close();
      await ended;
    },
    suspend: () => work?.stop.abort(SUSPENDED),
    async cancel(subject) {
      record = { ...record, owners: record.owners.filter((owner) => owner !== subject) };
      const others = [...readers].filter((reader) => reader.subject !== subject);
      const isWantedStill = record.owners.length > 0 || others.length > 0;
      if (!isWantedStill) work?.stop.abort(new ProblemError(CANCELLED));
      await save({});
    },
  };
}
