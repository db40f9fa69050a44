// What Prometheus is told of one service. Counts what has ended as the log tells it, looks at everything
// else only when somebody asks. Labels are names from the code and, of what each lake has one of, its name:
// nothing that a caller sends, so the number of series is bounded.

import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Log } from '../http/logEntry.ts';
import { countEnded } from './ended.ts';
import { observeStanding, type StandingSources } from './standing.ts';

export const METRICS_PATH = '/metrics';

export interface Metrics {
  readonly count: Log;
  /** Answers a scraper. */
  readonly fetch: (request: Request) => Promise<Response>;
}

export function openMetrics(sources: StandingSources): Metrics {
  const registry = new Registry(); // of this service alone: a process may have several
  collectDefaultMetrics({ register: registry });
  observeStanding(registry, sources);
  return {
    count: countEnded(registry),
    async fetch({ method, url }) {
      if (new URL(url).pathname !== METRICS_PATH) return new Response(null, { status: 404 });
      if (method !== 'GET') return new Response(null, { status: 405, headers: { Allow: 'GET' } });
      return new Response(await registry.metrics(), {
        headers: { 'Content-Type': registry.contentType },
      });
    },
  };
}
