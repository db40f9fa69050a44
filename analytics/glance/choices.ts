// Which values the sessions of a Run's range have for its filters, and how often; whatever the filters.

import { CHOICE_FILTERS, type ChoiceFilter, type Choices } from '../../sql/contract/glance.ts';
import { MAX_FILTER_VALUE_LENGTH } from '../../sql/contract/parameters.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { sessionsCall } from '../runs/segmentStatement.ts';
import { exactText, signed } from './exactText.ts';
import type { Look } from './look.ts';

const MAX_VALUES = 500;

/** Filters of which a session has one value. */
const COLUMNS = {
  channel: 's.channel',
  agent: 's.gladly_agent',
  handoffCategory: 's.handoff_category',
  handoffSubcategory: 's.handoff_subcategory',
} as const satisfies Partial<Record<ChoiceFilter, string>>;

/** The same range without filters. */
export function anyOfRange({ report, parameters }: ResolvedRun): ResolvedRun {
  const { from, to, timezone, weekStart, grouping, dates, format, excel, formulaGuard } =
    parameters;
  const kept = { from, to, timezone, weekStart, grouping, dates, format, excel, formulaGuard };
  return { report, parameters: kept };
}

/**
 * A row for each value of each filter. Lists of guides are counted before they are taken apart: there are
 * far fewer of them than sessions.
 */
function counts(sessions: string): string {
  const columns = Object.values(COLUMNS);
  const named = Object.entries(COLUMNS).map(
    ([filter, column]) => `when grouping(${column}) = 0 then '${filter}'`,
  );
  return `
    select case ${named.join(' ')} end as filter, coalesce(${columns.join(', ')}) as value,
      count(*) as sessions
    from (${sessions}) as s
    group by grouping sets (${columns.map((column) => `(${column})`).join(', ')})
    union all
    select 'guide', u.guide, sum(u.sessions)
    from (
      select unnest(list_distinct(g.guides_used)) as guide, g.sessions
      from (
        select s.guides_used, count(*) as sessions
        from (${sessions}) as s
        group by s.guides_used
      ) as g
    ) as u
    group by u.guide`;
}

export async function choices(look: Look): Promise<Choices> {
  const { query, values } = sessionsCall(look.coverage.run);
  // A value that no filter can be set to is no choice.
  const sql = `
    select c.filter, ${signed('c.value')}, c.sessions
    from (${counts(query)}) as c
    where c.value <> '' and length(c.value) <= ${MAX_FILTER_VALUE_LENGTH}
    qualify row_number() over (
      partition by c.filter order by c.sessions desc, c.value
    ) <= ${MAX_VALUES + 1}
    order by c.sessions desc, c.value`;
  const rows = await look.read(look.filesOf(look.days), { query: sql, values });
  const found = {} as Record<ChoiceFilter, Choices[ChoiceFilter]>;
  for (const filter of CHOICE_FILTERS) {
    const all = rows
      .filter(([of]) => of === filter)
      .map(([, value, sessions]) => ({ value: exactText(value), sessions: Number(sessions) }));
    found[filter] = { values: all.slice(0, MAX_VALUES), isCut: all.length > MAX_VALUES };
  }
  return found;
}
