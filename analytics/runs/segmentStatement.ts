// A Run, or a part of it, as a call of its report's table macro. Values travel as named prepared
// parameters; only closed sets that shape the statement itself are spelled out in it.

import { type DuckDBValue, listValue } from '@duckdb/node-api';
import { isTyped } from '../../sql/contract/format.ts';
import { addDays } from '../../sql/contract/localDate.ts';
import {
  MACRO_PARAMETERS,
  type MacroParameter,
  macroTakes,
} from '../../sql/contract/macroParameters.ts';
import { LIST_PARAMETERS } from '../../sql/contract/parameters.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { FILE_ORDERED_SUFFIX, isFileOrdered } from '../engine/definitions.ts';
import { literal } from '../engine/open.ts';
import { formatOf } from '../formats/format.ts';
import type { RunPlan, Segment } from './plan.ts';
import type { Block } from './segments.ts';

export interface ReportCall {
  /** A `from …` that can stand in a COPY or alone. */
  readonly query: string;
  readonly values: Record<string, DuckDBValue>;
}

const LISTS: ReadonlySet<string> = new Set(LIST_PARAMETERS.map((name) => MACRO_PARAMETERS[name]));

type BlockDays = Pick<Block, 'firstDay' | 'lastDay'>;

/** Closed sets that decide about columns and cells. */
const SHAPING = [
  'grouping',
  'weekStart',
  'formulaGuard',
  'dates',
  'by',
  'columns',
  'messages',
] as const satisfies readonly MacroParameter[];

/** Points the views at a segment's files, or at none; says where each of them lies by now. */
export function pointAt(
  segment: Omit<Segment, keyof Block | 'id'> | undefined,
  pathOf: (file: Segment['sessionFiles'][number]) => string,
): string {
  const list = (files: Segment['sessionFiles'] = []) =>
    `[${files.map((file) => literal(pathOf(file))).join(', ')}]::varchar[]`;
  return `
    set variable session_files = ${list(segment?.sessionFiles)};
    set variable transcript_files = ${list(segment?.transcriptFiles)};
    set variable merge_files = ${list(segment?.mergeFiles)};
  `;
}

const earliest = (one: string, other: string) => (one < other ? one : other);
const latest = (one: string, other: string) => (one > other ? one : other);

/**
 * What of the Run a segment's rows depend on, and no more, so that Runs over other ranges and later
 * data share it. No zone is a whole day away from UTC; and once 24 hours have passed since the last
 * session, it does not matter how many more.
 */
function extent(
  { run: { parameters, report }, dataThrough }: PlanFrame,
  block: BlockDays | undefined,
): { from: string; to: string; dataThrough: string | null } {
  const { from, to } = parameters;
  if (block === undefined || dataThrough === undefined || REPORTS[report].grain === 'count') {
    return { from, to, dataThrough: dataThrough ?? null };
  }
  const settled = `${addDays(block.lastDay, 2)}T00:00:00Z`;
  return {
    from: latest(from, addDays(block.firstDay, -1)),
    to: earliest(to, addDays(block.lastDay, 1)),
    dataThrough: Date.parse(dataThrough) < Date.parse(settled) ? dataThrough : settled,
  };
}

/** A plan before it is cut into segments. */
export type PlanFrame = Pick<RunPlan, 'run' | 'dataThrough' | 'conversationLink'>;

const TYPES: Readonly<Record<string, string>> = {
  from_date: 'date',
  to_date: 'date',
  first_day: 'date',
  last_day: 'date',
  data_through: 'timestamptz',
};

const typeOf = (name: string) => TYPES[name] ?? (LISTS.has(name) ? 'varchar[]' : 'varchar');

/** Which sessions a Run is about, of a block of days or of all. */
function request(
  parameters: ResolvedRun['parameters'],
  block: BlockDays | undefined,
): Record<string, DuckDBValue> {
  const { from, to, timezone } = parameters;
  const [first_day, last_day] = [block?.firstDay ?? null, block?.lastDay ?? null];
  const values: Record<string, DuckDBValue> = {
    from_date: from,
    to_date: to,
    timezone,
    first_day,
    last_day,
  };
  for (const name of LIST_PARAMETERS) {
    const filter = parameters[name]; // a null list filters nothing
    values[MACRO_PARAMETERS[name]] = filter === undefined ? null : listValue(filter);
  }
  return values;
}

function call(
  macro: string,
  values: Record<string, DuckDBValue>,
  shape: Readonly<Record<string, string>> = {},
): ReportCall {
  const parts = [
    ...Object.keys(values).map((name) => `${name} := $${name}::${typeOf(name)}`),
    ...Object.entries(shape).map(([name, text]) => `${name} := ${text}`),
  ];
  return { query: `from ${macro}(${parts.join(', ')})`, values };
}

/** The sessions that the Run is about, whether recontacted or not. */
export function sessionsCall({ parameters }: ResolvedRun): ReportCall {
  return call('requested_sessions', request(parameters, undefined));
}

/** Those of them that the Run's filter of recontacts lets through. */
export function recontactedCall({ run, dataThrough }: PlanFrame): ReportCall {
  return call('ai_sessions', {
    ...request(run.parameters, undefined),
    data_through: dataThrough ?? null,
    recontacted: run.parameters.recontacted ?? null,
  });
}

/** The call for one block of days; without one, the whole Run's. */
export function reportCall(plan: PlanFrame, block: BlockDays | undefined): ReportCall {
  const { parameters, report } = plan.run;
  const { from, to, dataThrough } = extent(plan, block);
  const { macro, grain } = REPORTS[report];
  const perSession = grain === 'session';
  const isEncoded = 'encode' in formatOf(parameters).segmentFormat.writer;

  const values: Record<string, DuckDBValue> = {
    ...request({ ...parameters, from, to }, block),
    data_through: dataThrough,
    ...(perSession ? { conversation_link: plan.conversationLink } : {}),
    recontacted: parameters.recontacted ?? null,
  };

  const shape: Record<string, string> = {
    typed: String(isTyped(parameters.format)),
    ...(perSession && isEncoded ? { with_day: 'true' } : {}),
  };
  for (const name of SHAPING) {
    const value = parameters[name];
    if (value === undefined || !macroTakes(report, name)) continue;
    shape[MACRO_PARAMETERS[name]] = typeof value === 'string' ? literal(value) : String(value);
  }

  const variant = isFileOrdered(macro, parameters.columns) ? FILE_ORDERED_SUFFIX : '';
  return call(macro + variant, values, shape);
}
