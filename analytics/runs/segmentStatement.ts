// A Run, or a part of it, as a call of its report's table macro. Values travel as named prepared
// parameters; only closed sets that shape the statement itself are spelled out in it.

import { type DuckDBValue, listValue } from '@duckdb/node-api';
import { REPORTS } from '../../sql/contract/report.ts';
import { FILE_ORDERED_SUFFIX, isFileOrdered } from '../engine/definitions.ts';
import { literal } from '../engine/open.ts';
import type { FileVersion } from '../lake/days.ts';
import type { RunPlan, Segment } from './plan.ts';

export interface ReportCall {
  /** Points the views at the segment's files. */
  readonly setup: string;
  /** A `from …` that can stand in a COPY or alone. */
  readonly query: string;
  readonly values: Record<string, DuckDBValue>;
}

/** Macro parameters that are filters: a null list filters nothing. */
const FILTERS = {
  channels: 'channel',
  agents: 'agent',
  guides: 'guide',
  outcomes: 'outcome',
  handoff_categories: 'handoffCategory',
  handoff_subcategories: 'handoffSubcategory',
  customer_ids: 'customerId',
  conversation_ids: 'conversationId',
  session_ids: 'sessionId',
} as const;

function fileList(files: readonly FileVersion[]): string {
  return `[${files.map(({ path }) => literal(path)).join(', ')}]::varchar[]`;
}

/** The call for one segment; without a segment, one over no files, which still has the columns. */
export function reportCall(plan: RunPlan, segment: Segment | undefined): ReportCall {
  const { parameters, report } = plan.run;
  const { macro, grain } = REPORTS[report];
  const { grouping, weekStart, by, columns, dates, formulaGuard, messages } = parameters;
  const perSession = grain === 'session';

  const values: Record<string, DuckDBValue> = {
    from_date: parameters.from,
    to_date: parameters.to,
    timezone: parameters.timezone,
    first_day: segment?.firstDay ?? parameters.from,
    last_day: segment?.lastDay ?? parameters.from,
    data_through: plan.dataThrough ?? null,
    ...(perSession ? { conversation_link: plan.conversationLink } : {}),
    recontacted: parameters.recontacted ?? null,
  };
  for (const [name, parameter] of Object.entries(FILTERS)) {
    const filter = parameters[parameter];
    values[name] = filter === undefined ? null : listValue(filter);
  }

  const shape: Record<string, string> = {
    bucket: literal(grouping),
    week_start: literal(weekStart),
    formula_guard: String(formulaGuard),
    ...(perSession ? { dates: literal(dates) } : {}),
    ...(by === undefined ? {} : { split_by: literal(by) }),
    ...(columns === undefined ? {} : { columns: literal(columns) }),
    ...(messages === undefined ? {} : { messages: literal(messages) }),
  };

  const types: Record<string, string> = {
    from_date: 'date',
    to_date: 'date',
    first_day: 'date',
    last_day: 'date',
    data_through: 'timestamptz',
  };
  const typeOf = (name: string) => types[name] ?? (name in FILTERS ? 'varchar[]' : 'varchar');
  const parts = [
    ...Object.keys(values).map((name) => `${name} := $${name}::${typeOf(name)}`),
    ...Object.entries(shape).map(([name, text]) => `${name} := ${text}`),
  ];
  const variant = isFileOrdered(macro, columns) ? FILE_ORDERED_SUFFIX : '';

  return {
    setup: `
      set variable session_files = ${fileList(segment?.sessionFiles ?? [])};
      set variable transcript_files = ${fileList(segment?.transcriptFiles ?? [])};
      set variable merge_files = ${fileList(segment?.mergeFiles ?? [])};
    `,
    query: `from ${macro}${variant}(${parts.join(', ')})`,
    values,
  };
}
