// Runs as resources at the edge (SPEC 4): each request is checked and handed on; the analytics service
// keeps the Runs.

import { Hono, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import { type Problem, problemResponse } from '../sql/contract/problem.ts';
import { parseRun } from '../sql/contract/run.ts';
import { RUNS_PATH } from '../sql/contract/runStatus.ts';
import type { Analytics } from './analytics.ts';
import type { WorkerEnv } from './app.ts';
import { readJsonBody } from './jsonBody.ts';

export const RunRequest = v.object({
  report: v.string(),
  params: v.optional(v.record(v.string(), v.unknown()), {}),
});

const NOT_A_RUN: Problem = {
  kind: 'invalid-run',
  faults: [{ parameter: 'body', detail: 'must be an object with report and params' }],
};

const ID = ':id{[0-9a-f]{40}}';

export function runRoutes(
  analytics: Analytics,
  mayRunReports: MiddlewareHandler<WorkerEnv>,
): Hono<WorkerEnv> {
  const app = new Hono<WorkerEnv>();

  app.post(RUNS_PATH, mayRunReports, async (c) => {
    const body = await readJsonBody(c.req.raw);
    if (!body.ok) return problemResponse(body.problem);
    const asked = v.safeParse(RunRequest, body.json);
    if (!asked.success) return problemResponse(NOT_A_RUN);
    const { report, params } = asked.output;
    const parsed = parseRun({ report, parameters: params });
    if ('problem' in parsed) return problemResponse(parsed.problem);
    return analytics.beginRun(parsed.run, c.var.asking);
  });

  app.get(RUNS_PATH, mayRunReports, (c) => analytics.aboutRuns('GET', RUNS_PATH, c.var.asking));

  app.on(['GET', 'DELETE'], `${RUNS_PATH}/${ID}`, mayRunReports, (c) =>
    analytics.aboutRuns(
      c.req.method === 'DELETE' ? 'DELETE' : 'GET',
      `${RUNS_PATH}/${c.req.param('id')}`,
      c.var.asking,
    ),
  );

  app.get(`${RUNS_PATH}/${ID}/download`, mayRunReports, (c) =>
    analytics.runFile(
      c.req.method === 'HEAD' ? 'HEAD' : 'GET',
      `${RUNS_PATH}/${c.req.param('id')}/download`,
      c.var.asking,
    ),
  );

  return app;
}
