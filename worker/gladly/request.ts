// The body of Gladly's `POST /api/v1/reports` becomes an ordinary Run, or every fault of it at once
// (SPEC 4, DOMAIN). Beyond Gladly's own: `yearly`, and the filters of SPEC 3.6.

import * as v from 'valibot';
import { LocalDate } from '../../sql/contract/localDate.ts';
import {
  type Grouping,
  oneOf,
  Parameters,
  parseParameters,
  rangeFaults,
  TimeZone,
} from '../../sql/contract/parameters.ts';
import { MAX_FAULTS } from '../../sql/contract/problem.ts';
import { REPORTS, type ReportName } from '../../sql/contract/report.ts';
import type { Run } from '../../sql/contract/run.ts';
import type { GladlyError } from './error.ts';
import { filters } from './filters.ts';

const METRIC_SETS = {
  [REPORTS['ai-sessions-detail'].metricSet]: 'ai-sessions-detail',
  [REPORTS['ai-sessions-detail-with-messages'].metricSet]: 'ai-sessions-detail-with-messages',
} as const satisfies Record<string, ReportName>;

const METRIC_SET_NAMES = Object.keys(METRIC_SETS) as (keyof typeof METRIC_SETS)[];

const GROUPINGS = {
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  quarterly: 'quarter',
  yearly: 'year',
} as const satisfies Record<string, Grouping>;

const LEVELS = Object.keys(GROUPINGS) as (keyof typeof GROUPINGS)[];
const ONE_OF_LEVELS = `must be one of ${LEVELS.join(', ')}`;

const attributes = {
  metricSet: oneOf(METRIC_SET_NAMES),
  startAt: v.pipe(LocalDate, v.description('First local date of the range, included')),
  endAt: v.pipe(LocalDate, v.description('Last local date of the range, included')),
  timezone: v.pipe(
    v.nullish(TimeZone),
    v.description('IANA time zone of the dates; by default the organisation’s'),
  ),
  aggregationLevel: v.pipe(
    v.nullish(
      v.picklist(LEVELS, ({ input }) =>
        input === 'halfHourly'
          ? `cannot be halfHourly: the finest is daily; it ${ONE_OF_LEVELS}`
          : ONE_OF_LEVELS,
      ),
    ),
    v.description('How the Created Date is shown; by default with its time'),
  ),
  filters: v.pipe(
    v.nullish(v.object(filters, 'must be an object')),
    v.description('Each filter is one text or a list of them, and means what it means at /reports'),
  ),
};

export const GladlyReportRequest = v.object(attributes, 'must be an object');

const MISSING: readonly unknown[] = [undefined, null, ''];

function errorOf(issue: v.BaseIssue<unknown>): GladlyError {
  const keys = (issue.path ?? []).map(({ key }) => key);
  const attr = keys.filter((key) => typeof key === 'string').join('.') || 'body';
  const detail = `${attr} ${issue.message}`;
  if (MISSING.includes(issue.input)) {
    const missing = issue.type === 'min_length' ? detail : `${attr} must be specified`;
    return { attr, code: 'blank', detail: missing };
  }
  if (issue.type !== 'max_length') return { attr, code: 'invalid', detail };
  return { attr, code: issue.requirement === 0 ? 'present' : 'too_long', detail };
}

function strangers(input: unknown, known: object, prefix = ''): GladlyError[] {
  if (typeof input !== 'object' || input === null) return [];
  const detail = `is not known: known are ${Object.keys(known).join(', ')}`;
  return Object.keys(input)
    .filter((name) => !Object.hasOwn(known, name))
    .slice(0, MAX_FAULTS)
    .map((name) => `${prefix}${name}`)
    .map((attr) => ({ attr, code: 'invalid', detail: `${attr} ${detail}` }));
}

function rangeErrors(startAt: unknown, endAt: unknown): GladlyError[] {
  if (!v.is(LocalDate, startAt) || !v.is(LocalDate, endAt)) return [];
  return rangeFaults(startAt, endAt, { from: 'startAt', to: 'endAt' }).map(
    ({ parameter: attr, detail }) => ({ attr, code: 'invalid', detail: `${attr} ${detail}` }),
  );
}

function runOf(request: v.InferOutput<typeof GladlyReportRequest>): Run {
  const { metricSet, startAt, endAt, timezone, aggregationLevel, filters: chosen } = request;
  const report = METRIC_SETS[metricSet];
  const given = {
    from: startAt,
    to: endAt,
    timezone,
    grouping: aggregationLevel && GROUPINGS[aggregationLevel],
    ...chosen,
  };
  const known = Object.entries(given).filter(
    ([name, value]) => value != null && Object.hasOwn(Parameters.entries, name),
  );
  const parsed = parseParameters(report, Object.fromEntries(known));
  if (!parsed.ok) throw new Error('A request that is right makes a Run that is not');
  return { report, parameters: parsed.value };
}

export type ParsedRequest =
  | { readonly ok: true; readonly run: Run }
  | { readonly ok: false; readonly errors: readonly GladlyError[] };

/** Takes any JSON value. */
export function parseGladlyRequest(json: unknown): ParsedRequest {
  const result = v.safeParse(GladlyReportRequest, json, { abortPipeEarly: true });
  const { startAt, endAt, filters: given } = Object(json);
  const errors = [
    ...(result.issues ?? []).map(errorOf),
    ...strangers(json, attributes),
    ...strangers(given, filters, 'filters.'),
    ...rangeErrors(startAt, endAt),
  ];
  if (!result.success || errors.length > 0) {
    // Three bad channels are one fault.
    return { ok: false, errors: [...new Map(errors.map((each) => [each.detail, each])).values()] };
  }
  return { ok: true, run: runOf(result.output) };
}
