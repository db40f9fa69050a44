// A Run as a stream of bytes: header first, then the segments in order, while later ones are being
// rendered. Ends cleanly only when every row has been handed over; anything else throws.

import { open } from 'node:fs/promises';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { csvHeader } from '../formats/csv.ts';
import type { Organisation } from '../lake/organisation.ts';
import { planRun, type Segment } from './plan.ts';
import { type RenderedSegment, renderSegment, reportColumns } from './render.ts';
import type { Spool } from './spool.ts';

/** As many statements at once as DESIGN 4 measured to fill two cores. */
const SEGMENTS_AT_ONCE = 2;

/** Segments rendered ahead of what the client has taken: a slow client must not fill the disk. */
const SEGMENTS_AHEAD = 4;

const CHUNK_BYTES = 512 * 1024;

export interface RunProgress {
  readonly rows: number;
  readonly segments: number;
  readonly segmentsDone: number;
}

export interface RunStream {
  /** Each chunk is the reader's to keep. */
  readonly chunks: AsyncGenerator<Uint8Array, void, undefined>;
  /** Counts what has been handed over so far. */
  readonly progress: () => RunProgress;
}

async function* readAndRemove(path: string, spool: Spool): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(CHUNK_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
    await spool.remove(path);
  }
}

/**
 * Plans the Run and makes its header; rendering begins with the first chunk asked for. Returning
 * early from `chunks`, or aborting the signal, interrupts what is being rendered and removes it.
 */
export async function streamRun(
  organisation: Organisation,
  spool: Spool,
  run: ResolvedRun,
  signal: AbortSignal,
): Promise<RunStream> {
  const plan = await planRun(organisation, run);
  const header = csvHeader(await reportColumns(organisation, plan), run.parameters);
  let rows = 0;
  let segmentsDone = 0;

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const waiting = [...plan.segments];
    const started: Promise<RenderedSegment>[] = [];
    let rendering = 0;

    function render(segment: Segment): Promise<RenderedSegment> {
      rendering += 1;
      const rendered = renderSegment(organisation, spool, plan, segment, stopped).finally(() => {
        rendering -= 1;
        startMore();
      });
      rendered.catch((error) => stop.abort(error)); // whichever is awaited first rejects with it
      return rendered;
    }

    function startMore(): void {
      while (rendering < SEGMENTS_AT_ONCE && started.length < SEGMENTS_AHEAD) {
        if (stopped.aborted) return;
        const next = waiting.shift();
        if (next === undefined) return;
        started.push(render(next));
      }
    }

    try {
      startMore();
      yield header;
      for (let next = started[0]; next !== undefined; next = started[0]) {
        const segment = await next;
        void started.shift();
        startMore();
        yield* readAndRemove(segment.path, spool);
        rows += segment.rows;
        segmentsDone += 1;
      }
      stopped.throwIfAborted();
    } finally {
      stop.abort();
      const unread = await Promise.allSettled(started);
      for (const each of unread) {
        if (each.status === 'fulfilled') await spool.remove(each.value.path);
      }
    }
  }

  return {
    chunks: chunks(),
    progress: () => ({ rows, segmentsDone, segments: plan.segments.length }),
  };
}
