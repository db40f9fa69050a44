// What can be told of a Run before it is run: a request of a caller who may run it becomes a look at the
// lake. How many there are and which values they have is no session's data and leaves no event; rows are.

import { type Context, Hono } from 'hono';
import { GLANCE_PATHS } from '../../sql/contract/glance.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { anyOfRange, choices } from '../glance/choices.ts';
import { estimate } from '../glance/estimate.ts';
import { type Look, openLooks } from '../glance/look.ts';
import { asShown, preview } from '../glance/preview.ts';
import type { Dependencies, Env } from './app.ts';
import { permitReport, readAsked, resolveAsked } from './asked.ts';
import { auditEvent } from './auditing.ts';

const asItIs = (run: ResolvedRun) => run;

export function glanceRoutes({ organisations, audit, now }: Dependencies): Hono<Env> {
  const app = new Hono<Env>();
  const looks = openLooks();

  async function look<Result>(
    c: Context<Env>,
    about: (run: ResolvedRun) => ResolvedRun,
    at: (look: Look) => Promise<Result>,
  ): Promise<Result> {
    const { asked, caller } = c.var;
    const organisation = await organisations.get(caller.organisation);
    const settings = await organisation.settings();
    permitReport(asked.report, caller, settings);
    const run = resolveAsked(c, settings, now());
    const asker = { subject: caller.subject, gone: c.req.raw.signal };
    return looks(organisation, about(run), asker, at);
  }

  app.post(GLANCE_PATHS.choices, readAsked, async (c) =>
    c.json(await look(c, anyOfRange, choices)),
  );

  app.post(GLANCE_PATHS.estimate, readAsked, async (c) =>
    c.json(await look(c, asItIs, (at) => estimate(at))),
  );

  app.post(GLANCE_PATHS.preview, readAsked, async (c) => {
    const shown = await look(c, asShown, preview);
    const end = { end: 'complete', status: 200, rows: shown.rows.length } as const;
    await audit.record({ ...auditEvent(c, 'preview'), ...end });
    return c.json(shown);
  });

  return app;
}
