// Runs as resources (SPEC 4): a request of a caller who may make it becomes a Run, its status, its file
// or a problem. The chain in app.ts has said who calls.

import { type Context, Hono } from 'hono';
import { type Problem, ProblemError, problemDocument } from '../../sql/contract/problem.ts';
import { RUNS_PATH, type RunStatus, runLinks } from '../../sql/contract/runStatus.ts';
import type { AuditOutcome } from '../audit/event.ts';
import type { Run } from '../runs/run.ts';
import type { Dependencies, Env } from './app.ts';
import { permitReport, readAsked, resolveAsked } from './asked.ts';
import { aboutRun, beginEvent } from './auditing.ts';
import type { End } from './body.ts';
import { downloadResponse } from './download.ts';
import { limitedDownload } from './limitedDownload.ts';

function fail(problem: Problem): never {
  throw new ProblemError(problem);
}

function statusDocument(run: Run): RunStatus {
  const { id, run: resolved, state, problem, ...status } = run.status();
  const { percent, rows, bytes, sha256, dataThrough, startedAt, finishedAt, expiresAt } = status;
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
    expiresAt,
    problem: problem === null ? null : { ...problemDocument(problem) },
    links: runLinks(id),
  };
}

/** How the Run's work ended; nothing when another process is to go on with it. */
function outcomeOf(run: Run): AuditOutcome | undefined {
  const { state, rows, bytes, problem } = run.status();
  if (state === 'queued' || state === 'running') return undefined;
  return { end: state, rows, bytes, ...(problem === null ? {} : { problem: problem.kind }) };
}

/** Another replica, or this one when it is back, takes it. */
const RETRY_AFTER_STOP_SECONDS = 10;

export function runRoutes(dependencies: Dependencies): Hono<Env> {
  const { isStopping, organisations, runsOf, underWay, audit, apiLimits, now, log } = dependencies;
  const app = new Hono<Env>();

  /** The caller's organisation's Runs, and the check that every look at one needs. */
  async function own(c: Context<Env>) {
    const { caller } = c.var;
    const organisation = await organisations.get(caller.organisation);
    const runs = await runsOf(organisation);
    const settings = await organisation.settings();
    const get = (id: string): Run => {
      const run = runs.get(id);
      c.set('about', aboutRun(run.status().run, id));
      permitReport(run.status().run.report, caller, settings);
      return run;
    };
    return { runs, settings, get, subject: caller.subject };
  }

  const assertOpen = (): void => {
    if (isStopping()) fail({ kind: 'busy', retryAfterSeconds: RETRY_AFTER_STOP_SECONDS });
  };

  async function find(c: Context<Env>) {
    const { asked, caller } = c.var;
    const { runs, settings, subject } = await own(c);
    permitReport(asked.report, caller, settings);
    assertOpen();
    const resolved = resolveAsked(c, settings, now());
    const run = await runs.find(resolved, subject);
    c.set('about', aboutRun(resolved, run.id));
    return run;
  }

  /** A failure to write what has ended already can only be logged. */
  function unlessWritten(written: Promise<void>, about: object): void {
    underWay.add(
      written.catch((error) => log({ event: 'error', during: 'audit', ...about, error })),
    );
  }

  async function download(run: Run, c: Context<Env>, isFixed: boolean): Promise<Response> {
    const { caller, requestId, elapsedMs } = c.var;
    const { state, run: resolved } = run.status();
    const about = {
      request: requestId,
      organisation: caller.organisation,
      run: run.id,
      report: resolved.report,
      format: resolved.parameters.format,
      wasThere: state === 'complete',
    };
    const { method, headers, signal } = c.req.raw;
    const entry = method === 'HEAD' ? undefined : beginEvent(c, audit, 'download');
    const answered = Promise.withResolvers<Response>();
    const freed = Promise.withResolvers<void>();
    underWay.add(freed.promise);
    let firstByte: { firstByteMs: number } | undefined;
    const onFirstByte = () => {
      firstByte = { firstByteMs: elapsedMs() };
    };
    const onEnd = (end: End, bytes: number, error?: unknown) => {
      const totalMs = elapsedMs();
      log({ event: 'download', ...about, end, bytes, ...firstByte, totalMs, error });
      const rows = bytes === 0 ? 0 : run.status().rows;
      const ended = answered.promise.then((response) => {
        const range = response.headers.get('Content-Range');
        const part = range === null ? {} : { range };
        return entry?.end({ end, status: response.status, rows, bytes, ...part });
      });
      unlessWritten(ended, about);
      freed.resolve();
    };
    const { subject } = caller;
    try {
      const response = await downloadResponse(run, {
        method,
        headers,
        signal,
        subject,
        isFixed,
        onFirstByte,
        onEnd,
      });
      answered.resolve(response);
      await entry?.begun.catch(async (error) => {
        await response.body?.cancel();
        throw error;
      });
      return response;
    } catch (error) {
      freed.resolve();
      throw error;
    }
  }

  app.post('/download', readAsked, async (c) => download(await find(c), c, false));

  app.post('/api-download', readAsked, limitedDownload(apiLimits, now), async (c) =>
    download(await find(c), c, false),
  );

  app.post(RUNS_PATH, readAsked, async (c) => {
    const run = await find(c);
    const entry = beginEvent(c, audit, 'run');
    await entry.begun;
    await run.want(c.var.caller.subject);
    const ended = run.ended().then(() => {
      const outcome = outcomeOf(run);
      return outcome && entry.end(outcome);
    });
    unlessWritten(ended, { request: c.var.requestId, run: run.id });
    const document = statusDocument(run);
    const isWorking = document.status === 'queued' || document.status === 'running';
    return c.json(document, isWorking ? 202 : 201, { Location: document.links.self });
  });

  app.get(RUNS_PATH, async (c) => {
    const { runs, subject } = await own(c);
    return c.json({ runs: runs.list(subject).map(statusDocument) });
  });

  app.get(`${RUNS_PATH}/:id`, async (c) => {
    const run = (await own(c)).get(c.req.param('id'));
    if (c.req.method !== 'HEAD' && !isStopping()) run.goOn();
    return c.json(statusDocument(run));
  });

  app.delete(`${RUNS_PATH}/:id`, async (c) => {
    const mine = await own(c);
    await mine.get(c.req.param('id')).cancel(mine.subject);
    return c.body(null, 204);
  });

  app.get(`${RUNS_PATH}/:id/download`, async (c) => {
    const run = (await own(c)).get(c.req.param('id'));
    assertOpen();
    return download(run, c, true);
  });

  return app;
}
