// Learns when this process is to stop: because the user or the system asks, or because nobody reads
// its output any more.

import { Interruption } from '../failure.ts';
import { statusOfSignal } from './exitStatus.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborts at the first such signal. A second one ends the process at once, exit handlers run. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    if (stopping.signal.aborted) process.exit(statusOfSignal(signal));
    stopping.abort(new Interruption(signal));
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  process.stdout.on('error', (error) => stopping.abort(error));
  return stopping.signal;
}
