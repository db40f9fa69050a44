// How many sessions of each UTC day a Run is about, whether recontacted or not: from Parquet's statistics
// where they tell, else counted.

import { addDays } from '../../sql/contract/localDate.ts';
import { type ParameterName, REPEATABLE } from '../../sql/contract/parameters.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { Day } from '../lake/days.ts';
import { sessionsCall } from '../runs/segmentStatement.ts';
import type { Look } from './look.ts';

export interface DayCount {
  readonly day: string;
  readonly sessions: number;
}

function isFiltered({ parameters }: ResolvedRun): boolean {
  return [...REPEATABLE].some((name) => parameters[name as ParameterName] !== undefined);
}

/** A UTC day whose sessions are all of the range: no zone is a whole day away from UTC. */
function isInside(day: string, { from, to }: ResolvedRun['parameters']): boolean {
  return addDays(day, -1) >= from && addDays(day, 1) <= to;
}

async function counted(look: Look, days: readonly Day[]): Promise<DayCount[]> {
  if (days.length === 0) return [];
  const { query, values } = sessionsCall(look.coverage.run);
  const files = {
    sessionFiles: days.map(({ sessions }) => sessions),
    transcriptFiles: [],
    mergeFiles: [],
  };
  const rows = await look.read(files, {
    query: `select s.day::varchar, count(*) from (${query}) as s group by s.day`,
    values,
  });
  return rows.map(([day, sessions]) => ({ day: String(day), sessions: Number(sessions) }));
}

/** In the order of the days; only days with any. */
export async function matchingDays(look: Look): Promise<DayCount[]> {
  const { organisation, coverage } = look;
  const { run, days } = coverage;
  const told = isFiltered(run) ? [] : days.filter(({ day }) => isInside(day, run.parameters));
  const rows = await organisation.countRows(told.map(({ sessions }) => sessions));
  const counts = told.map(({ day }, index) => ({ day, sessions: rows[index] ?? 0 }));
  const others = days.filter((day) => !told.includes(day));
  return [...counts, ...(await counted(look, others))]
    .filter(({ sessions }) => sessions > 0)
    .toSorted((one, other) => (one.day < other.day ? -1 : 1));
}
