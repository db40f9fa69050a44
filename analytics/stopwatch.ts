// How long things take, by a clock that is never set. For logs, metrics and benches: no answer depends on it.

/** Seconds since now. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

/** Whole milliseconds since now. */
export function stopwatchMs(): () => number {
  const elapsed = stopwatch();
  return () => Math.round(elapsed() * 1000);
}
