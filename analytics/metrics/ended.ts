// Counts requests, Runs and downloads as they end.

import { Counter, Histogram, type Registry } from 'prom-client';
import type { Log } from '../http/logEntry.ts';

const FIRST_BYTE_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const WORK_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

const seconds = (ms: number) => ms / 1000;

export function countEnded(registry: Registry): Log {
  const registers = [registry];
  const requests = new Counter({
    name: 'ai_sessions_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['route', 'status'] as const,
    registers,
  });
  const problems = new Counter({
    name: 'ai_sessions_problems_total',
    help: 'Requests that were answered with a problem, by its kind.',
    labelNames: ['problem'] as const,
    registers,
  });
  const runs = new Counter({
    name: 'ai_sessions_runs_total',
    help: 'Runs whose work has ended; a Run that lies in the spool already needs none.',
    labelNames: ['report', 'format', 'state'] as const,
    registers,
  });
  const failures = new Counter({
    name: 'ai_sessions_run_failures_total',
    help: 'Runs that failed, by the kind of the problem.',
    labelNames: ['problem'] as const,
    registers,
  });
  const rows = new Counter({
    name: 'ai_sessions_run_rows_total',
    help: 'Rows in the files of Runs whose work has ended.',
    registers,
  });
  const bytes = new Counter({
    name: 'ai_sessions_run_bytes_total',
    help: 'Bytes in the files of Runs whose work has ended.',
    registers,
  });
  const queued = new Histogram({
    name: 'ai_sessions_run_queue_seconds',
    help: 'How long Runs waited for a place to work.',
    buckets: FIRST_BYTE_SECONDS,
    registers,
  });
  const worked = new Histogram({
    name: 'ai_sessions_run_seconds',
    help: 'How long Runs took, waiting included.',
    labelNames: ['report'] as const,
    buckets: WORK_SECONDS,
    registers,
  });
  const downloads = new Counter({
    name: 'ai_sessions_downloads_total',
    help: 'Downloads that have ended: files that lay in the spool, or of Runs at work.',
    labelNames: ['from', 'end'] as const,
    registers,
  });
  const sent = new Counter({
    name: 'ai_sessions_download_bytes_total',
    help: 'Bytes that were handed over to clients.',
    registers,
  });
  const firstByte = new Histogram({
    name: 'ai_sessions_first_byte_seconds',
    help: 'From a request to the first byte of its file.',
    labelNames: ['from'] as const,
    buckets: FIRST_BYTE_SECONDS,
    registers,
  });

  return (entry) => {
    if (entry.event === 'request') {
      const { route, status, problem } = entry;
      requests.inc({ route, status });
      if (problem !== undefined) problems.inc({ problem });
    } else if (entry.event === 'run') {
      const { report, format, state, problem, queuedMs } = entry;
      runs.inc({ report, format, state });
      if (state === 'failed' && problem !== undefined) failures.inc({ problem });
      rows.inc(entry.rows);
      bytes.inc(entry.bytes);
      if (queuedMs !== undefined) queued.observe(seconds(queuedMs));
      worked.observe({ report }, seconds(entry.totalMs));
    } else if (entry.event === 'download') {
      const from = entry.wasThere ? 'spool' : 'run';
      downloads.inc({ from, end: entry.end });
      sent.inc(entry.bytes);
      if (entry.firstByteMs !== undefined) firstByte.observe({ from }, seconds(entry.firstByteMs));
    }
  };
}
