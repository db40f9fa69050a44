// A Run as asked for, and as it is carried out once the organisation's defaults and the clock
// have been read, once (SPEC 3.2, 3.6). Takes both as arguments, reads neither.

import * as v from 'valibot';
import { addDays, localDateOf } from './localDate.ts';
import {
  type Grouping,
  PARAMETER_NAMES,
  type ParameterName,
  Parameters,
  type Parsed,
  parseParameters,
  type RunParameters,
  rangeFaults,
  type WeekStart,
} from './parameters.ts';
import type { Problem } from './problem.ts';
import { isReportName, REPORT_NAMES, REPORTS, type ReportName } from './report.ts';

/** What a caller asks for. */
export interface Run {
  readonly report: ReportName;
  readonly parameters: RunParameters;
}

/** The same with nothing left open. */
export interface ResolvedRun {
  readonly report: ReportName;
  readonly parameters: RunParameters & {
    readonly from: string;
    readonly to: string;
    readonly timezone: string;
    readonly weekStart: WeekStart;
    readonly grouping: Grouping;
  };
}

const DEFAULT_RANGE_DAYS = 30;

const DEFAULT_GROUPING: Partial<Record<ReportName, Grouping>> = {
  'ai-sessions-summary': 'month',
};

const RunShape = v.object({ report: v.string(), parameters: v.record(v.string(), v.unknown()) });

/** A Run that arrives as JSON: parsed with the very schema that the query string is parsed with. */
export function parseRun(input: unknown): { run: Run } | { problem: Problem } {
  const shape = v.safeParse(RunShape, input);
  if (!shape.success) {
    const fault = { parameter: 'body', detail: 'must be an object with report and parameters' };
    return { problem: { kind: 'invalid-run', faults: [fault] } };
  }
  const { report } = shape.output;
  if (!isReportName(report)) {
    return { problem: { kind: 'unknown-report', known: REPORT_NAMES } };
  }
  const parsed = parseParameters(report, shape.output.parameters);
  return parsed.ok
    ? { run: { report, parameters: parsed.value } }
    : { problem: { kind: 'invalid-run', faults: parsed.faults } };
}

/** The last 30 full days; before `to` where that is given. */
export function defaultRange(
  timezone: string,
  now: Date,
  to: string = addDays(localDateOf(now, timezone), -1),
): { from: string; to: string } {
  return { from: addDays(to, 1 - DEFAULT_RANGE_DAYS), to };
}

/** Fills in what the organisation and the clock decide: by default {@link defaultRange}. */
export function resolveRun(
  run: Run,
  defaults: { readonly timezone: string; readonly weekStart: WeekStart },
  now: Date,
): Parsed<ResolvedRun> {
  const timezone = run.parameters.timezone ?? defaults.timezone;
  const range = defaultRange(timezone, now, run.parameters.to);
  const { from = range.from, to = range.to } = run.parameters;
  const faults = rangeFaults(from, to);
  if (faults.length > 0) return { ok: false, faults };
  const { weekStart = defaults.weekStart, grouping = DEFAULT_GROUPING[run.report] ?? 'none' } =
    run.parameters;
  const settled = { from, to, timezone, weekStart, grouping };
  return {
    ok: true,
    value: { report: run.report, parameters: { ...run.parameters, ...settled } },
  };
}

type GivenParameters = { readonly [Name in ParameterName]?: RunParameters[Name] };

/** Without what would be the same if nobody had said it, whatever the organisation and the day. */
export function givenParameters({ report, parameters }: Run): GivenParameters {
  const defaults: GivenParameters = {
    ...v.parse(Parameters, { format: parameters.format }),
    format: 'csv',
    grouping: DEFAULT_GROUPING[report] ?? 'none',
    columns: 'standard',
    messages: 'text',
    weekStart: parameters.grouping === 'week' ? undefined : parameters.weekStart,
  };
  const names = PARAMETER_NAMES.filter(
    (name) => parameters[name] !== undefined && parameters[name] !== defaults[name],
  );
  return Object.fromEntries(names.map((name) => [name, parameters[name]]));
}

/** The same as in a query string. */
export function givenPairs(run: Run): [string, string][] {
  return Object.entries(givenParameters(run)).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each)]),
  );
}

/** The link that downloads the report; its format is part of the path. */
export function reportLink(run: Run): string {
  const query = new URLSearchParams(givenPairs(run));
  query.delete('format');
  const search = query.toString();
  return `/reports/${run.report}.${run.parameters.format}${search === '' ? '' : `?${search}`}`;
}

const GROUPING_SUFFIX = {
  none: '',
  day: '-Daily',
  week: '-Weekly',
  month: '-Monthly',
  quarter: '-Quarterly',
  year: '-Yearly',
} as const;

/** The download's name, like `GladlyAISessionsDetailReport-20260701-20260731-Weekly.csv` (SPEC 4). */
export function fileName({ report, parameters }: ResolvedRun): string {
  const dates = [parameters.from, parameters.to].map((date) => date.replaceAll('-', ''));
  const stem = [REPORTS[report].fileStem, ...dates].join('-');
  return `${stem}${GROUPING_SUFFIX[parameters.grouping]}.${parameters.format}`;
}
