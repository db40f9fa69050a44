// Runs as resources at the edge (SPEC 4): each request is checked and handed on; the analytics service
// keeps the Runs.

import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import { problemResponse } from '../sql/contract/problem.ts';
import { parseRun } from '../sql/contract/run.ts';
import { RUN_ID, RUNS_PATH } from '../sql/contract/runStatus.ts';
import type { Analytics } from './analytics.ts';
import type { WorkerEnv } from './app.ts';
import { readBody } from './jsonBody.ts';

export const RunRequest = v.object({
  report: v.string('must be the name of a report'),
  params: v.optional(v.record(v.string(), v.unknown(), 'must be an object'), {}),
});

const ID = `:id{${RUN_ID}}`;

/** A Run has all its parameters already: one that is given would be left out in silence. */
const refuseParameters = createMiddleware(async (c, next) => {
  const given = new Set(new URL(c.req.url).searchParams.keys());
  if (given.size === 0) return next();
  const detail = 'is not known: this address takes no parameters';
  const faults = [...given].map((parameter) => ({ parameter, detail }));
  return problemResponse({ kind: 'invalid-run', faults });
});

/** Hono sends HEAD to where GET goes; the service makes Runs go on for the one and not for the other. */
const looking = (c: Context) => (c.req.method === 'HEAD' ? 'HEAD' : 'GET');

export function runRoutes(
  analytics: Analytics,
  mayRunReports: MiddlewareHandler<WorkerEnv>,
): Hono<WorkerEnv> {
  const app = new Hono<WorkerEnv>();

  app.post(RUNS_PATH, mayRunReports, refuseParameters, async (c) => {
    const body = await readBody(c.req.raw, RunRequest);
    if (!body.ok) return problemResponse(body.problem);
    const { report, params } = body.value;
    const parsed = parseRun({ report, parameters: params });
    if ('problem' in parsed) return problemResponse(parsed.problem);
    return analytics.beginRun(parsed.run, c.var.asking);
  });

  app.get(RUNS_PATH, mayRunReports, refuseParameters, (c) =>
    analytics.aboutRuns(looking(c), RUNS_PATH, c.var.asking),
  );

  app.get(`${RUNS_PATH}/${ID}`, mayRunReports, refuseParameters, (c) =>
    analytics.aboutRuns(looking(c), `${RUNS_PATH}/${c.req.param('id')}`, c.var.asking),
  );

  app.delete(`${RUNS_PATH}/${ID}`, mayRunReports, refuseParameters, (c) =>
    analytics.aboutRuns('DELETE', `${RUNS_PATH}/${c.req.param('id')}`, c.var.asking),
  );

  app.get(`${RUNS_PATH}/${ID}/download`, mayRunReports, refuseParameters, (c) =>
    analytics.runFile(looking(c), `${RUNS_PATH}/${c.req.param('id')}/download`, c.var.asking),
  );

  return app;
}
