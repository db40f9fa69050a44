// GET /reports/{report}: a counting report as a page to look at. Lists of sessions are for downloading:
// their address leads to the Reports page, with the same parameters.

import type { Context, Handler } from 'hono';
import { parseQuery } from '../sql/contract/parameters.ts';
import { problemResponse } from '../sql/contract/problem.ts';
import { isReportName, REPORT_NAMES } from '../sql/contract/report.ts';
import { resolveRun } from '../sql/contract/run.ts';
import type { Analytics } from './analytics.ts';
import type { WorkerEnv } from './app.ts';
import { chartPage } from './pages/chart/page.ts';
import { isCountReport } from './pages/chart/plan.ts';
import { formAddress } from './pages/reports/formQuery.ts';
import { NOT_STORED } from './passThrough.ts';

/** However the files are asked for, the page's rows are data: a formula is none in HTML. */
const AS_DATA = { format: 'jsonl', excel: false, formulaGuard: false } as const;

export function reportView(
  analytics: Analytics,
  now: () => Date,
): Handler<WorkerEnv, '/reports/:report'> {
  return async (c: Context<WorkerEnv, '/reports/:report'>) => {
    const { asking, way, secureHeadersNonce: nonce } = c.var;
    const report = c.req.param('report');
    if (!isReportName(report)) {
      return problemResponse({ kind: 'unknown-report', known: REPORT_NAMES });
    }
    const query = new URL(c.req.url).searchParams;
    // The format is an address's own, and so no parameter here either.
    const parsed = parseQuery(report, [['format', 'csv'], ...query]);
    if (!parsed.ok) return problemResponse({ kind: 'invalid-run', faults: parsed.faults });
    c.header('Cache-Control', NOT_STORED);
    if (!isCountReport(report)) {
      return c.redirect(formAddress({ report, query }), 302);
    }
    // Hono sends HEAD here too: a look at the headers must not start a Run.
    if (c.req.method === 'HEAD') return c.html('');
    const organisation = await analytics.organisation(asking);
    if (organisation instanceof Response) return organisation;
    const asked = { report, parameters: { ...parsed.value, ...AS_DATA } };
    const resolved = resolveRun(asked, organisation, now());
    if (!resolved.ok) return problemResponse({ kind: 'invalid-run', faults: resolved.faults });
    const { parameters } = resolved.value;
    const rows = await analytics.rows({ report, parameters }, asking);
    if (rows instanceof Response) return rows;
    query.set('from', parameters.from);
    query.set('to', parameters.to);
    const { caller } = asking;
    return c.html(chartPage({ report, parameters, query, rows, organisation, caller, way, nonce }));
  };
}
