// Runs as resources (SPEC 4): a request of a caller who may make it becomes a Run, its status, its file
// or a problem. The chain in app.ts has said who calls.

import { Hono } from 'hono';
import { type Problem, ProblemError, problemDocument } from '../../sql/contract/problem.ts';
import { REPORTS, type ReportName } from '../../sql/contract/report.ts';
import { hasRole } from '../../sql/contract/roles.ts';
import { parseRun, resolveRun } from '../../sql/contract/run.ts';
import { RUNS_PATH, type RunStatus, runLinks } from '../../sql/contract/runStatus.ts';
import type { Run } from '../runs/run.ts';
import type { Dependencies, Env } from './app.ts';
import { downloadResponse, type End } from './download.ts';

function fail(problem: Problem): never {
  throw new ProblemError(problem);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON is no Run: parseRun says what one looks like
  }
}

function statusDocument(run: Run): RunStatus {
  const { id, run: resolved, state, problem, ...status } = run.status();
  const { percent, rows, bytes, sha256, dataThrough, startedAt, finishedAt } = status;
  return {
    id,
    report: resolved.report,
    parameters: resolved.parameters,
    status: state,
    percent,
    rows,
    bytes,
    sha256,
    dataThrough,
    startedAt,
    finishedAt,
    problem: problem === null ? null : { ...problemDocument(problem) },
    links: runLinks(id),
  };
}

export function runRoutes(dependencies: Dependencies): Hono<Env> {
  const { organisations, runsOf, underWay, now, log } = dependencies;
  const app = new Hono<Env>();

  /** The caller's organisation's Runs, and the check that every look at one needs. */
  async function own({ caller }: Env['Variables']) {
    const organisation = await organisations.get(caller.organisation);
    const runs = await runsOf(organisation);
    const settings = await organisation.settings();
    const permit = (report: ReportName): void => {
      if (!REPORTS[report].withMessages || hasRole(caller, settings.messagesRoles)) return;
      const roles = settings.messagesRoles.join(' or ');
      fail({ kind: 'forbidden', detail: `Cannot run reports with messages: needs ${roles}` });
    };
    const get = (id: string): Run => {
      const run = runs.get(id);
      permit(run.status().run.report);
      return run;
    };
    return { runs, settings, permit, get, subject: caller.subject };
  }

  /** The Run that a body asks for: read before anything is opened. */
  async function find(text: string, variables: Env['Variables']) {
    const parsed = parseRun(parseJson(text));
    if ('problem' in parsed) return fail(parsed.problem);
    const { runs, settings, permit, subject } = await own(variables);
    permit(parsed.run.report);
    const resolved = resolveRun(parsed.run, settings, now());
    if (!resolved.ok) return fail({ kind: 'invalid-run', faults: resolved.faults });
    return runs.find(resolved.value, subject);
  }

  function download(run: Run, request: Request, variables: Env['Variables'], isFixed: boolean) {
    const { caller, requestId } = variables;
    const { report } = run.status().run;
    const about = { request: requestId, organisation: caller.organisation, report, run: run.id };
    const freed = Promise.withResolvers<void>();
    underWay.add(freed.promise);
    const onEnd = (end: End, bytes: number, error?: unknown) => {
      log({ event: 'download', ...about, end, bytes, error });
      freed.resolve();
    };
    const { method, headers } = request;
    return downloadResponse(run, {
      method,
      headers,
      subject: caller.subject,
      isFixed,
      onEnd,
    }).catch((error) => {
      freed.resolve();
      throw error;
    });
  }

  // The second within Gladly's limits: app.ts.
  app.on('POST', ['/download', '/api-download'], async (c) => {
    const run = await find(await c.req.text(), c.var);
    return download(run, c.req.raw, c.var, false);
  });

  app.post(RUNS_PATH, async (c) => {
    const run = await find(await c.req.text(), c.var);
    await run.want(c.var.caller.subject);
    const document = statusDocument(run);
    const isWorking = document.status === 'queued' || document.status === 'running';
    return c.json(document, isWorking ? 202 : 201, { Location: document.links.self });
  });

  app.get(RUNS_PATH, async (c) => {
    const { runs, subject } = await own(c.var);
    return c.json({ runs: runs.list(subject).map(statusDocument) });
  });

  app.get(`${RUNS_PATH}/:id`, async (c) => {
    const run = (await own(c.var)).get(c.req.param('id'));
    if (c.req.method !== 'HEAD') run.goOn();
    return c.json(statusDocument(run));
  });

  app.delete(`${RUNS_PATH}/:id`, async (c) => {
    const mine = await own(c.var);
    await mine.get(c.req.param('id')).cancel(mine.subject);
    return c.body(null, 204);
  });

  app.get(`${RUNS_PATH}/:id/download`, async (c) => {
    const run = (await own(c.var)).get(c.req.param('id'));
    return download(run, c.req.raw, c.var, true);
  });

  return app;
}
