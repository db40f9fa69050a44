// The parameters of a Run (SPEC 3.6): one valibot schema for a query string and for JSON.
// Knows no defaults that depend on an organisation, the clock or the data: see resolve.ts.

import * as v from 'valibot';
import { FORMATS, isCsv } from './format.ts';
import { addYears, LocalDate } from './localDate.ts';
import type { Fault } from './problem.ts';
import type { ReportName } from './report.ts';

export const GROUPINGS = ['none', 'day', 'week', 'month', 'quarter', 'year'] as const;
export const WEEK_STARTS = ['monday', 'sunday'] as const;
export const OUTCOMES = [
  'no_response',
  'handed_off',
  'resolved',
  'in_progress',
  'unresolved',
] as const;
export const RECONTACTED = ['true', 'false', 'pending'] as const;
const SPLITS = ['channel', 'agent'] as const;
const COLUMN_SETS = ['standard', 'extended'] as const;
const MESSAGE_FORMS = ['text', 'json'] as const;
const DATE_FORMS = ['local', 'iso'] as const;
const FLAGS = ['true', 'false'] as const;

export type Grouping = (typeof GROUPINGS)[number];
export type WeekStart = (typeof WEEK_STARTS)[number];

export const MAX_RANGE_YEARS = 5;
const MAX_FILTER_VALUES = 100;
export const MAX_FILTER_VALUE_LENGTH = 200;

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone);
  } catch {
    return false; // Intl's only way to say no
  }
}

/** An IANA zone name. Offsets like `+01:00`, which newer Intl accepts, are not names. */
export const TimeZone = v.pipe(
  v.string('must be an IANA time zone, like America/Los_Angeles'),
  v.check(
    (name) => /^[A-Za-z]/.test(name) && isTimeZone(name),
    'must be an IANA time zone, like America/Los_Angeles',
  ),
);

/** Told in full when it is something else. */
export function oneOf<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, `must be one of ${options.join(', ')}`);
}

const Flag = v.pipe(
  v.union([v.boolean(), v.picklist(FLAGS)], 'must be true or false'),
  v.transform((flag) => flag === true || flag === 'true'),
);

/** Any number of values. The first that is wrong speaks for all: they may be very many. */
export function listOf<Value extends v.GenericSchema>(value: Value, message: string) {
  return v.config(v.array(value, message), { abortEarly: true });
}

/** Any of the values; sorted and without repeats, so that equal filters are equal Runs. */
function anyOf<Value extends v.GenericSchema<string, string>>(value: Value) {
  return v.pipe(
    listOf(value, 'must be a list of values'),
    v.minLength(1, 'must name at least one value'),
    v.maxLength(MAX_FILTER_VALUES, `must name at most ${MAX_FILTER_VALUES} values`),
    v.transform((values) => [...new Set(values)].toSorted()),
  );
}

const FilterText = v.pipe(
  v.string('must be text'),
  v.minLength(1, 'must not be empty'),
  v.maxLength(MAX_FILTER_VALUE_LENGTH, `must have at most ${MAX_FILTER_VALUE_LENGTH} characters`),
);

const entries = {
  from: v.optional(LocalDate),
  to: v.optional(LocalDate),
  timezone: v.optional(TimeZone),
  grouping: v.optional(oneOf(GROUPINGS)),
  weekStart: v.optional(oneOf(WEEK_STARTS)),
  channel: v.optional(anyOf(FilterText)),
  agent: v.optional(anyOf(FilterText)),
  guide: v.optional(anyOf(FilterText)),
  outcome: v.optional(anyOf(oneOf(OUTCOMES))),
  handoffCategory: v.optional(anyOf(FilterText)),
  handoffSubcategory: v.optional(anyOf(FilterText)),
  customerId: v.optional(anyOf(FilterText)),
  conversationId: v.optional(anyOf(FilterText)),
  sessionId: v.optional(anyOf(FilterText)),
  recontacted: v.optional(oneOf(RECONTACTED)),
  by: v.optional(oneOf(SPLITS)),
  columns: v.optional(oneOf(COLUMN_SETS)),
  messages: v.optional(oneOf(MESSAGE_FORMS)),
  dates: v.optional(oneOf(DATE_FORMS), 'local'),
  format: v.optional(oneOf(FORMATS), 'csv'),
  excel: v.optional(Flag, false),
  formulaGuard: v.optional(Flag),
};

export const Parameters = v.pipe(
  v.object(entries),
  v.transform((parameters) => ({
    ...parameters,
    formulaGuard: parameters.formulaGuard ?? isCsv(parameters.format),
  })),
);

export type RunParameters = v.InferOutput<typeof Parameters>;
export type ParameterName = keyof typeof entries;

export const PARAMETER_NAMES = Object.keys(entries) as ParameterName[];

/** The values of those that have a few; a test holds it and the schema together. */
export const CHOICES: Partial<Record<ParameterName, readonly string[]>> = {
  grouping: GROUPINGS,
  weekStart: WEEK_STARTS,
  outcome: OUTCOMES,
  recontacted: RECONTACTED,
  by: SPLITS,
  columns: COLUMN_SETS,
  messages: MESSAGE_FORMS,
  dates: DATE_FORMS,
  format: FORMATS,
  excel: FLAGS,
  formulaGuard: FLAGS,
};

/** Parameters that only some reports have; the others belong to all. */
const BELONGS_TO: Partial<Record<ParameterName, readonly ReportName[]>> = {
  by: ['ai-sessions-summary'],
  columns: ['ai-sessions-detail', 'ai-sessions-detail-with-messages'],
  messages: ['ai-sessions-detail-with-messages'],
};

/** True when the report has the parameter. */
export function takesParameter(report: ReportName, parameter: ParameterName): boolean {
  return BELONGS_TO[parameter]?.includes(report) ?? true;
}

/** Filters of several values: what matches any of them is shown. */
export const LIST_PARAMETERS = [
  'channel',
  'agent',
  'guide',
  'outcome',
  'handoffCategory',
  'handoffSubcategory',
  'customerId',
  'conversationId',
  'sessionId',
] as const satisfies readonly ParameterName[];

/** Parameters that may be given several times in a query string. */
export const REPEATABLE: ReadonlySet<string> = new Set(LIST_PARAMETERS);

/** What the command line calls a parameter: `weekStart` is `week-start`. */
export function optionName(parameter: string): string {
  return parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** What is wrong with a range of two dates, if anything; `names` are what its ends are called. */
export function rangeFaults(from: string, to: string, names = { from: 'from', to: 'to' }): Fault[] {
  if (from > to) {
    const detail = `must not be after ${names.to}: ${from} is after ${to}`;
    return [{ parameter: names.from, detail }];
  }
  if (to >= addYears(from, MAX_RANGE_YEARS)) {
    const detail = `must be at most ${MAX_RANGE_YEARS} years after ${names.from}`;
    return [{ parameter: names.to, detail }];
  }
  return [];
}

function faultOf(issue: v.BaseIssue<unknown>): Fault {
  return { parameter: v.getDotPath(issue)?.split('.')[0] ?? 'parameters', detail: issue.message };
}

function strangerFaults(report: ReportName, input: object): Fault[] {
  const known: readonly string[] = PARAMETER_NAMES.filter((name) => takesParameter(report, name));
  const detail = `is not a parameter of ${report}: its parameters are ${known.join(', ')}`;
  const strangers = Object.keys(input).filter((name) => !known.includes(name));
  return strangers.map((parameter) => ({ parameter, detail }));
}

/** Parameters given as an object, as in JSON; names every fault at once. */
export function parseParameters(
  report: ReportName,
  input: Readonly<Record<string, unknown>>,
): Parsed<RunParameters> {
  const result = v.safeParse(Parameters, input, { abortPipeEarly: true });
  const faults = [...(result.issues ?? []).map(faultOf), ...strangerFaults(report, input)];
  const value = result.typed ? result.output : undefined;
  // From what was given, so that another fault hides none of these.
  const { from, to, excel, format } = input;
  const isExcel = excel === true || excel === 'true';
  if (isExcel && v.is(entries.format, format) && !isCsv(format ?? 'csv')) {
    faults.push({ parameter: 'excel', detail: `is for CSV only, and format is ${format}` });
  }
  if (v.is(LocalDate, from) && v.is(LocalDate, to)) faults.push(...rangeFaults(from, to));
  return faults.length > 0 || value === undefined ? { ok: false, faults } : { ok: true, value };
}

/** Parameters given as name and value pairs, as in a query string. */
export function parseQuery(
  report: ReportName,
  query: Iterable<readonly [string, string]>,
): Parsed<RunParameters> {
  const input: Record<string, unknown> = Object.create(null);
  const repeated = new Set<string>();
  for (const [name, value] of query) {
    if (name === 'grouping' && value === '') continue; // the page's "as usual for the report"
    const earlier = input[name];
    if (Array.isArray(earlier)) earlier.push(value);
    else if (REPEATABLE.has(name)) input[name] = [value];
    else if (earlier === undefined) input[name] = value;
    else repeated.add(name);
  }
  const parsed = parseParameters(report, input);
  const faults = parsed.ok ? [] : [...parsed.faults];
  for (const parameter of repeated) faults.push({ parameter, detail: 'must be given only once' });
  return faults.length > 0 ? { ok: false, faults } : parsed;
}
