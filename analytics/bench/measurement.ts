// What one repetition of a case measures, and how bytes that come in are timed. Keeps no bytes.

import { stopwatch } from '../stopwatch.ts';

const NEWLINE = 10;

export interface Measurement {
  readonly seconds: number;
  /** Until the header line was there. */
  readonly headerSeconds?: number | undefined;
  /** Until something of the first row was there. */
  readonly firstRowSeconds?: number | undefined;
  readonly bytes: number;
  /** The most memory that the measured process has had so far. */
  readonly peakMegabytes?: number | undefined;
}

/** Takes a CSV's bytes to their end; the clock starts before they are asked for. */
export async function drain(ask: () => Promise<AsyncIterable<Uint8Array>>): Promise<Measurement> {
  const elapsed = stopwatch();
  let headerSeconds: number | undefined;
  let firstRowSeconds: number | undefined;
  let bytes = 0;
  for await (const chunk of await ask()) {
    bytes += chunk.byteLength;
    if (firstRowSeconds !== undefined) continue;
    const newline = headerSeconds === undefined ? chunk.indexOf(NEWLINE) : -1;
    if (newline >= 0) headerSeconds = elapsed();
    if (headerSeconds !== undefined && newline + 1 < chunk.byteLength) firstRowSeconds = elapsed();
  }
  return { seconds: elapsed(), headerSeconds, firstRowSeconds, bytes };
}
