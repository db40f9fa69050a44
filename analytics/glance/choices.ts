// Which values the sessions of a Run's range have for its filters, and how often; whatever the filters.

import { CHOICE_FILTERS, type ChoiceFilter, type Choices } from '../../sql/contract/glance.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { blockFiles } from '../runs/plan.ts';
import { sessionsCall } from '../runs/segmentStatement.ts';
import type { Look } from './look.ts';

const MAX_VALUES = 500;

/** One value of each session, or several. */
const VALUES: Record<ChoiceFilter, string> = {
  channel: 's.channel',
  agent: 's.gladly_agent',
  guide: 'unnest(s.guides_used)',
  handoffCategory: 's.handoff_category',
  handoffSubcategory: 's.handoff_subcategory',
};

/** The same range without filters. */
export function anyOfRange({ report, parameters }: ResolvedRun): ResolvedRun {
  const { from, to, timezone, weekStart, grouping, dates, format, excel, formulaGuard } =
    parameters;
  const kept = { from, to, timezone, weekStart, grouping, dates, format, excel, formulaGuard };
  return { report, parameters: kept };
}

export async function choices(look: Look): Promise<Choices> {
  const { coverage } = look;
  const { query, values } = sessionsCall(coverage.run);
  const files = { ...blockFiles(coverage, coverage), transcriptFiles: [] };
  const found = {} as Record<ChoiceFilter, Choices[ChoiceFilter]>;
  for (const filter of CHOICE_FILTERS) {
    const sql = `select v.value, count(*)
      from (select ${VALUES[filter]} as value from (${query}) as s) as v
      where v.value is not null
      group by v.value
      order by count(*) desc, v.value
      limit ${MAX_VALUES + 1}`;
    const rows = await look.read(files, { query: sql, values });
    found[filter] = {
      values: rows
        .slice(0, MAX_VALUES)
        .map(([value, sessions]) => ({ value: String(value), sessions: Number(sessions) })),
      isCut: rows.length > MAX_VALUES,
    };
  }
  return found;
}
