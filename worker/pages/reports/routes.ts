// The Reports page and the parts of it that its script asks for again: HTML, made by the same functions
// as the whole page. What goes wrong is a problem as everywhere, which is a page for browsers.

import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { Fault, Problem } from '../../../sql/contract/problem.ts';
import { problemResponse } from '../../../sql/contract/problem.ts';
import { REPORTS } from '../../../sql/contract/report.ts';
import { type Run, reportLink } from '../../../sql/contract/run.ts';
import { RUN_ID, runLinks } from '../../../sql/contract/runStatus.ts';
import type { Reach } from '../../../sql/contract/runText.ts';
import type { Analytics } from '../../analytics.ts';
import type { WorkerEnv } from '../../app.ts';
import { PAGE_SCRIPT } from '../../browser/script.ts';
import { NOT_STORED } from '../../passThrough.ts';
import { originOf } from '../../settings.ts';
import { choiceGroups, keptChoices } from './choices.ts';
import {
  ACTION_FIELD,
  CONSENT_FIELD,
  chartAddress,
  type FormQuery,
  parseForm,
  readForm,
  SHOW_FIELD,
} from './formQuery.ts';
import { estimateText, faultList, previewTable } from './glance.ts';
import { reportsPage, type Shown } from './page.ts';
import { runCard } from './runs.ts';

/** What is asked for by its hash never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

const NOT_TICKED: Fault = {
  parameter: 'Personal data',
  detail: 'must be ticked before messages are shown or downloaded',
};

const reachOf = ({ req, var: { asking, way } }: Context<WorkerEnv>): Reach => ({
  origin: originOf(req.raw, asking.settings),
  needsToken: way !== 'development',
});

const fieldsOf = (c: Context) => new URL(c.req.url).searchParams;

/** Of a form that the script sends: it may be longer than an address. */
const sentFields = async (c: Context) => new URLSearchParams(await c.req.text());

function runOf(form: FormQuery): { run: Run } | { faults: readonly Fault[] } {
  const parsed = parseForm(form);
  return parsed.ok
    ? { run: { report: form.report, parameters: parsed.value } }
    : { faults: parsed.faults };
}

/** A Run whose rows may be seen, in a preview or a file: one with messages has been consented to. */
function consentedRun(fields: URLSearchParams): { run: Run } | { faults: readonly Fault[] } {
  const form = readForm(fields);
  const isTicked = !REPORTS[form.report].withMessages || fields.has(CONSENT_FIELD);
  const asked = runOf(form);
  if (isTicked) return asked;
  return { faults: ['faults' in asked ? asked.faults : [], NOT_TICKED].flat() };
}

const refuse = (faults: readonly Fault[]) => {
  const problem: Problem = { kind: 'invalid-run', faults };
  return problemResponse(problem);
};

export function reportsRoutes(
  analytics: Analytics,
  mayRunReports: MiddlewareHandler<WorkerEnv>,
  now: () => Date,
): Hono<WorkerEnv> {
  const app = new Hono<WorkerEnv>();

  app.get(PAGE_SCRIPT.path, (c) =>
    c.body(PAGE_SCRIPT.text, 200, {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': FOR_EVER,
    }),
  );

  async function show(c: Context<WorkerEnv>, more: readonly Fault[] = []): Promise<Response> {
    const { asking, way, secureHeadersNonce: nonce } = c.var;
    const fields = fieldsOf(c);
    const part = fields.get(SHOW_FIELD);
    const asked = part === 'preview' ? consentedRun(fields) : runOf(readForm(fields));
    const [organisation, runs, shown] = await Promise.all([
      analytics.organisation(asking),
      analytics.recentRuns(asking),
      'run' in asked ? lookedUp(asked.run, part, c) : {},
    ]);
    if (organisation instanceof Response) return organisation;
    if (runs instanceof Response) return runs;
    if (shown instanceof Response) return shown;
    const faults = [...('faults' in asked ? asked.faults : []), ...more];
    c.header('Cache-Control', NOT_STORED);
    const page = {
      organisation,
      caller: asking.caller,
      way,
      fields,
      faults,
      runs,
      reach: reachOf(c),
      shown,
      now: now(),
      nonce,
    };
    return c.html(reportsPage(page), more.length > 0 ? 400 : 200);
  }

  /** What a page without a script asks for by its buttons. */
  async function lookedUp(
    run: Run,
    part: string | null,
    c: Context<WorkerEnv>,
  ): Promise<Shown | Response> {
    const { asking } = c.var;
    if (part === 'choices') {
      const choices = await analytics.choices(run, asking);
      return choices instanceof Response ? choices : { choices };
    }
    if (part !== 'preview') return {};
    const [estimate, preview] = await Promise.all([
      analytics.estimate(run, asking),
      analytics.preview(run, asking),
    ]);
    if (estimate instanceof Response) return estimate;
    return preview instanceof Response ? preview : { estimate, preview };
  }

  app.get('/', mayRunReports, (c) => show(c));

  app.use('/page/*', mayRunReports, async (c, next) => {
    await next();
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', NOT_STORED);
  });

  /** Where the form goes without a script. */
  app.get('/page/run', async (c) => {
    const fields = fieldsOf(c);
    if (fields.get(ACTION_FIELD) === 'chart')
      return c.redirect(chartAddress(readForm(fields)), 303);
    const asked = consentedRun(fields);
    if ('faults' in asked) return show(c, asked.faults);
    return c.redirect(reportLink(asked.run), 303);
  });

  app.post('/page/estimate', async (c) => {
    const asked = runOf(readForm(await sentFields(c)));
    // A form that is not filled in yet: nothing has been refused.
    if ('faults' in asked) return c.html(faultList(asked.faults));
    const estimate = await analytics.estimate(asked.run, c.var.asking);
    return estimate instanceof Response ? estimate : c.html(estimateText(estimate));
  });

  app.post('/page/preview', async (c) => {
    const asked = consentedRun(await sentFields(c));
    if ('faults' in asked) return refuse(asked.faults);
    const preview = await analytics.preview(asked.run, c.var.asking);
    return preview instanceof Response ? preview : c.html(previewTable(preview));
  });

  app.post('/page/choices', async (c) => {
    const fields = await sentFields(c);
    const asked = runOf(readForm(fields));
    // The estimate says what is wrong; what has been ticked stays.
    if ('faults' in asked) return c.html(keptChoices(fields));
    const choices = await analytics.choices(asked.run, c.var.asking);
    return choices instanceof Response ? choices : c.html(choiceGroups(choices, fields));
  });

  app.post('/page/runs', async (c) => {
    const asked = consentedRun(await sentFields(c));
    if ('faults' in asked) return refuse(asked.faults);
    const [run, organisation] = await Promise.all([
      analytics.startRun(asked.run, c.var.asking),
      analytics.organisation(c.var.asking),
    ]);
    if (run instanceof Response) return run;
    return organisation instanceof Response
      ? organisation
      : c.html(runCard(run, organisation, reachOf(c)), 202);
  });

  app.get(`/page/runs/:id{${RUN_ID}}`, async (c) => {
    const [run, organisation] = await Promise.all([
      analytics.runStatus(c.req.param('id'), c.var.asking),
      analytics.organisation(c.var.asking),
    ]);
    if (run instanceof Response) return run;
    return organisation instanceof Response
      ? organisation
      : c.html(runCard(run, organisation, reachOf(c)));
  });

  app.post(`/page/runs/:id{${RUN_ID}}/cancel`, async (c) => {
    const path = runLinks(c.req.param('id')).self;
    const cancelled = await analytics.aboutRuns('DELETE', path, c.var.asking);
    return cancelled.ok ? c.redirect('/', 303) : cancelled;
  });

  return app;
}
