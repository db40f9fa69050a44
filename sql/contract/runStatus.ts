// What a Run's own address says of it (SPEC 4). Pure data, the same on the service and at the edge.

import * as v from 'valibot';

export const RUN_STATES = ['queued', 'running', 'complete', 'failed', 'cancelled'] as const;

export const RunStatus = v.object({
  /** Derived from organisation, report, parameters and the state of the data. */
  id: v.string(),
  report: v.string(),
  /** With nothing left open: defaults are filled in. */
  parameters: v.record(v.string(), v.unknown()),
  status: v.picklist(RUN_STATES),
  /** 100 only when the Run is complete. */
  percent: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100)),
  /** So far; of the whole file once it is complete. */
  rows: v.number(),
  bytes: v.number(),
  /** Of the whole file, in hex. */
  sha256: v.nullable(v.string()),
  /** Every session created before this instant was in the data; null for no data. */
  dataThrough: v.nullable(v.string()),
  startedAt: v.string(),
  finishedAt: v.nullable(v.string()),
  /** The file is kept until then, and for longer when it is used again; null unless it is complete. */
  expiresAt: v.nullable(v.string()),
  /** An RFC 9457 problem, when the Run failed or was cancelled. */
  problem: v.nullable(v.looseObject({ type: v.string(), title: v.string(), detail: v.string() })),
  links: v.object({ self: v.string(), download: v.string() }),
});

export type RunStatus = v.InferOutput<typeof RunStatus>;

/** What ids look like, as a regular expression. */
export const RUN_ID = '[0-9a-f]{40}';

/** Where a Run answers, on the service as at the edge. */
export const RUNS_PATH = '/api/runs';

export function runLinks(id: string): RunStatus['links'] {
  return { self: `${RUNS_PATH}/${id}`, download: `${RUNS_PATH}/${id}/download` };
}
