// Learns when the user or the system asks this process to stop.

import { CommandFailure } from '../failure.ts';

/** Aborts at the first SIGINT or SIGTERM. A second one ends the process at once, exit handlers run. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new CommandFailure('Cannot finish: interrupted'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return stopping.signal;
}
