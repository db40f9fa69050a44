// Which days hold sessions that a Run is about, whether recontacted or not, and how many: from Parquet's
// statistics where they tell, else counted.

import { addDays } from '../../sql/contract/localDate.ts';
import { LIST_PARAMETERS } from '../../sql/contract/parameters.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { sessionsCall } from '../runs/segmentStatement.ts';
import { growing } from './growing.ts';
import type { DaySessions, Look } from './look.ts';

function isFiltered({ parameters }: ResolvedRun): boolean {
  return LIST_PARAMETERS.some((name) => parameters[name] !== undefined);
}

/** A UTC day whose sessions are all of the range: no zone is a whole day away from UTC. */
function isInside(day: string, { from, to }: ResolvedRun['parameters']): boolean {
  return addDays(day, -1) >= from && addDays(day, 1) <= to;
}

async function counted(
  look: Look,
  days: readonly DaySessions[],
  patience?: AbortSignal,
): Promise<DaySessions[]> {
  if (days.length === 0) return [];
  const { query, values } = sessionsCall(look.coverage.run);
  const sql = `select s.day::varchar, count(*) from (${query}) as s group by s.day`;
  const rows = await look.read(look.filesOf(days), { query: sql, values }, patience);
  const counts = new Map(rows.map(([day, sessions]) => [String(day), Number(sessions)]));
  return days.map(({ day }) => ({ day, sessions: counts.get(day) ?? 0 }));
}

/** Of these days, in their order, those with any. */
export async function matchingDays(
  look: Look,
  days: readonly DaySessions[],
  patience?: AbortSignal,
): Promise<DaySessions[]> {
  const { run } = look.coverage;
  const isTold = ({ day }: DaySessions) => !isFiltered(run) && isInside(day, run.parameters);
  const others = await counted(
    look,
    days.filter((day) => !isTold(day)),
    patience,
  );
  const found = [...days.filter(isTold), ...others].filter(({ sessions }) => sessions > 0);
  return found.toSorted((one, other) => (one.day < other.day ? -1 : 1));
}

/**
 * The days from the first on, as many at a time as hold the sessions wanted, then more and more: whoever
 * finds enough of them reads no further.
 */
export async function* matchingSteps(
  look: Look,
  wanted: number,
): AsyncGenerator<DaySessions[], void> {
  const seen = growing(wanted);
  const matching = growing(wanted);
  for (const part of seen(look.days)) yield* matching(await matchingDays(look, part));
}
