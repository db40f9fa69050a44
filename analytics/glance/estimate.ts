// How many sessions a Run is about, and how large its file will be: counted, and multiplied by what a
// row takes.

import type { Estimate } from '../../sql/contract/glance.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import { type ReportCall, recontactedCall, sessionsCall } from '../runs/segmentStatement.ts';
import type { DaySessions, Look } from './look.ts';
import { matchingDays } from './matching.ts';
import { bytesPerRow } from './sample.ts';

export interface Patience {
  /** Over more sessions the window that finds recontacts takes longer than somebody waits. */
  readonly maxWindowSessions: number;
  /** Aborts when counting has taken too long. */
  readonly counting: () => AbortSignal;
}

const MAX_COUNTING_MS = 4000;

const PATIENCE: Patience = {
  maxWindowSessions: 1_000_000,
  counting: () => AbortSignal.timeout(MAX_COUNTING_MS),
};

const sum = (days: readonly DaySessions[]) => days.reduce((all, { sessions }) => all + sessions, 0);

async function count(look: Look, { query, values }: ReportCall, where: string): Promise<number> {
  const sql = `select count(*) from (${query}) as s where ${where}`;
  const [[found] = []] = await look.read(look.filesOf(look.days), { query: sql, values });
  return Number(found);
}

/** Those that match whether recontacted or not; all there are when counting them takes too long. */
async function matching(look: Look, patience: AbortSignal) {
  try {
    return { days: await matchingDays(look, look.days, patience), isAtMost: false };
  } catch (error) {
    if (!patience.aborted) throw error;
    return { days: look.days, isAtMost: true };
  }
}

/** Sessions that were recontacted or not, as asked; a limit to them where that would take too long. */
async function recontacts(look: Look, { maxWindowSessions }: Patience) {
  const { coverage } = look;
  // Where filters leave few sessions, the window is over all of them all the same.
  if (sum(look.days) > maxWindowSessions) {
    const resolved = await count(look, sessionsCall(coverage.run), 's.was_resolved');
    return { sessions: resolved, isAtMost: resolved > 0 };
  }
  const isAboutThose = coverage.run.report === 'ai-recontacts';
  const which = isAboutThose ? `s.recontact_status = 'recontacted'` : 'true';
  return { sessions: await count(look, recontactedCall(coverage), which), isAtMost: false };
}

export async function estimate(look: Look, patience = PATIENCE): Promise<Estimate> {
  const { report, parameters } = look.coverage.run;
  const { days, isAtMost } = await matching(look, patience.counting());
  const asksForRecontacts = parameters.recontacted !== undefined || report === 'ai-recontacts';
  const found =
    asksForRecontacts && !isAtMost
      ? await recontacts(look, patience)
      : { sessions: sum(days), isAtMost };
  if (REPORTS[report].grain === 'count') return { ...found, bytes: null };
  const { sessions } = found;
  const bytes = sessions === 0 ? 0 : Math.round(sessions * (await bytesPerRow(look, days)));
  return { ...found, bytes };
}
