// One Run being carried out: its parts rendered a few at a time, each counted and hashed in its turn.
// Knows no HTTP, no caller, and nothing of how Runs are kept.

import type { LimitFunction } from 'p-limit';
import { formatOf } from '../formats/format.ts';
import type { Organisation } from '../lake/organisation.ts';
import type { Parts } from './parts.ts';
import { openPieces } from './pieces.ts';
import type { RunPlan, Segment } from './plan.ts';
import type { PrefixHashes } from './prefixHashes.ts';
import { assemble, renderSegment } from './render.ts';
import { plainFile, runFile } from './runFile.ts';
import type { Snapshot } from './snapshot.ts';
import type { HeldPart, PartName, Spool } from './spool.ts';

/** As many statements of one Run at once as DESIGN 4 measured to fill two cores. */
const SEGMENTS_AT_ONCE = 2;

/** A Run whose parts stay for whoever asks for it next. */
export const KEEP_ALL = Number.POSITIVE_INFINITY;

/** What the file of a finished Run is. */
export interface RunTotals {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

export interface RunProgress {
  readonly rows: number;
  readonly bytes: number;
  readonly percent: number;
}

export interface ExecutionTools {
  readonly organisation: Organisation;
  readonly spool: Spool;
  readonly parts: Parts;
  /** The files of the plan; whoever took it releases it when the Run is done. */
  readonly snapshot: Snapshot;
  readonly hashes: PrefixHashes;
  /** Waits for one of the service's threads. */
  readonly statement: LimitFunction;
  /** The file's first bytes, before any compression. */
  readonly header: Uint8Array;
  /** How many segments may be rendered that nobody has read yet. Unless it is all, what has been read goes. */
  readonly lead: number;
}

export interface Execution {
  /** Resolves with the file's part when it is there; rejects when the Run ends without it. */
  part(index: number): Promise<HeldPart>;
  /** Says that a reader is past the part: `lead` is counted from it. */
  passed(index: number): void;
  progress(): RunProgress;
  /** Rejects with the reason when the Run fails or is stopped; by then nothing of it runs. */
  readonly done: Promise<RunTotals>;
  /** Lets go of the parts, so that they may be removed. */
  release(): void;
}

const unheard = () => {}; // a rejection that is told where it is waited for

export function execute(plan: RunPlan, tools: ExecutionTools, signal: AbortSignal): Execution {
  const { organisation, spool, parts, snapshot, hashes, statement, header } = tools;
  const { segments } = plan;
  const filePlan = { ...plan, organisation: organisation.layout.organisation };
  const { segmentFormat, compression } = formatOf(plan.run.parameters);
  const { assembleOptions, extension } = segmentFormat;
  const isAssembled = assembleOptions !== undefined;
  const lead = isAssembled ? KEEP_ALL : tools.lead;
  const plain = plainFile(filePlan, header);
  const file = runFile(filePlan, header, undefined);

  const stop = new AbortController();
  const stopped = AbortSignal.any([signal, stop.signal]);
  const rendered = segments.map(() => Promise.withResolvers<HeldPart>());
  const ready = file.parts.map(() => Promise.withResolvers<HeldPart>());
  const hashed = file.parts.map(() => Promise.withResolvers<HeldPart>());
  for (const { promise } of [...rendered, ...ready, ...hashed]) promise.catch(unheard);
  const rejectAll = () => {
    for (const { reject } of rendered) reject(stopped.reason);
  };
  if (stopped.aborted) rejectAll();
  stopped.addEventListener('abort', rejectAll);

  const held: HeldPart[] = [];
  const running = new Set<Promise<void>>();
  const hash = hashes(file.first);
  const plannedRows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  let begun = 0;
  let passed = 0;
  let coveredRows = 0;
  let rows = 0;
  let bytes = file.first.length;

  function render(segment: Segment): Promise<HeldPart> {
    const name: PartName = { organisation: filePlan.organisation, id: segment.id, extension };
    return parts.obtain(
      name,
      (path, making) =>
        statement(() => renderSegment(organisation, plan, segment, snapshot, path, making)),
      stopped,
    );
  }

  async function fill(segment: Segment, slot: PromiseWithResolvers<HeldPart>) {
    try {
      const part = await render(segment);
      held.push(part);
      slot.resolve(part);
    } catch (error) {
      stop.abort(error);
    }
  }

  function beginMore(): void {
    while (running.size < SEGMENTS_AT_ONCE && begun < passed + lead && !stopped.aborted) {
      const segment = segments[begun];
      const slot = rendered[begun];
      if (segment === undefined || slot === undefined) return;
      begun += 1;
      const filling = fill(segment, slot).finally(() => {
        running.delete(filling);
        beginMore();
      });
      running.add(filling);
    }
  }

  async function seal(index: number, part: HeldPart): Promise<void> {
    const name = file.parts[index];
    if (name === undefined) throw new RangeError('No such part');
    ready[index]?.resolve(part);
    await hash.add(name, part.path);
    rows += part.rows;
    bytes += part.bytes;
    hashed[index]?.resolve(part);
  }

  async function carryOut(): Promise<RunTotals> {
    beginMore();
    const pieces =
      compression === undefined ? undefined : openPieces(spool, compression, plain, file.parts);
    const inOrder: HeldPart[] = [];
    try {
      for (const [index, { promise }] of rendered.entries()) {
        const part = await promise;
        inOrder.push(part);
        if (pieces !== undefined) {
          const piece = await pieces.next(part);
          held.push(piece);
          await seal(index, piece);
          if (lead !== KEEP_ALL) await part.remove();
        } else if (!isAssembled) {
          await seal(index, part);
        }
        coveredRows += segments[index]?.rows ?? 0;
      }
      if (pieces !== undefined) {
        const piece = await pieces.end();
        held.push(piece);
        await seal(segments.length, piece);
      }
    } finally {
      pieces?.close();
    }
    const [whole] = file.parts;
    if (isAssembled && whole !== undefined) {
      const part = await parts.obtain(
        whole,
        (path, making) => statement(() => assemble(organisation, plan, inOrder, path, making)),
        stopped,
      );
      held.push(part);
      await seal(0, part);
    }
    stopped.throwIfAborted();
    bytes += file.last.length;
    return { rows, bytes, sha256: hash.end(file.last) };
  }

  async function run(): Promise<RunTotals> {
    try {
      return await carryOut();
    } finally {
      stop.abort();
      await Promise.all(running);
    }
  }

  const done = run().catch((error) => {
    for (const { reject } of [...ready, ...hashed]) reject(error);
    for (const part of held.splice(0)) part.release();
    throw error;
  });
  done.catch(unheard);

  return {
    part(index) {
      const slot = ready[index];
      return slot === undefined ? Promise.reject(new RangeError('No such part')) : slot.promise;
    },
    passed(index) {
      passed = Math.max(passed, index + 1);
      beginMore();
      if (lead !== KEEP_ALL) hashed[index]?.promise.then((part) => part.remove(), unheard);
    },
    progress: () => ({
      rows,
      bytes,
      percent: plannedRows === 0 ? 0 : Math.floor((99 * coveredRows) / plannedRows),
    }),
    done,
    release() {
      for (const part of held.splice(0)) part.release();
    },
  };
}
