// GET /readyz: whether a request would find what it needs, at the edge and at the service behind it. For
// anyone, so why not is in the log alone; the service bounds what being asked costs.

import type { Handler } from 'hono';
import { problemResponse } from '../sql/contract/problem.ts';
import type { WorkerEnv } from './app.ts';
import type { Fetch } from './fetch.ts';
import { readSettings } from './settings.ts';

const TIMEOUT_MS = 5_000;

/** Undefined when the service can take a request. */
async function reasonOf(fetch: Fetch, analyticsUrl: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const upstream = await fetch(`${analyticsUrl}/readyz`, { signal, redirect: 'manual' });
    await upstream.body?.cancel();
    return upstream.status === 200 ? undefined : `the analytics service said ${upstream.status}`;
  } catch (error) {
    return `no response (${error instanceof Error ? error.name : typeof error})`;
  }
}

export function ready(fetch: Fetch): Handler<WorkerEnv> {
  return async (c) => {
    const read = await readSettings(c.env);
    const reason = read.ok ? await reasonOf(fetch, read.settings.analyticsUrl) : read.reason;
    if (reason === undefined) return c.text('ready', 200, { 'Cache-Control': 'no-store' });
    c.set('reason', reason);
    return problemResponse({ kind: read.ok ? 'analytics-unavailable' : 'misconfigured' });
  };
}
