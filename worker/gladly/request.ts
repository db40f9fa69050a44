// The body of Gladly's `POST /api/v1/reports` becomes an ordinary Run, or every fault of it at once
// (SPEC 4, DOMAIN). Beyond Gladly's own: `yearly`, and the filters of SPEC 3.6.

import * as v from 'valibot';
import { LocalDate } from '../../sql/contract/localDate.ts';
import {
  type Grouping,
  Parameters,
  parseParameters,
  RECONTACTED,
  rangeFaults,
  TimeZone,
} from '../../sql/contract/parameters.ts';
import { REPORTS, type ReportName } from '../../sql/contract/report.ts';
import type { Run } from '../../sql/contract/run.ts';
import type { GladlyError } from './error.ts';

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

/** What Gladly's filters call the channels. */
const CHANNELS: Readonly<Record<string, string>> = {
  chat: 'CHAT',
  email: 'EMAIL',
  fbMessenger: 'FACEBOOK_MESSENGER',
  instagramDirect: 'INSTAGRAM_DIRECT',
  sms: 'SMS',
  twitter: 'TWITTER',
  voice: 'VOICE',
  whatsapp: 'WHATSAPP',
};
const ALL_CHANNELS = 'allChannels';
const CHANNEL_NAMES = [ALL_CHANNELS, ...Object.keys(CHANNELS)];

/** A channel as the report writes it: an open set (SPEC 2). */
const REPORTED_CHANNEL = /^[A-Z0-9_]{1,40}$/;

const oneOf = (names: readonly string[]) => `must be one of ${names.join(', ')}`;

/** One text or a list of them, then as the contract has it; none is no filter. */
function listOf<Output>(list: v.GenericSchema<string[] | undefined, Output>) {
  return v.nullish(
    v.pipe(
      v.union([v.string(), v.array(v.string())], 'must be text, or a list of texts'),
      v.transform((given) => [given].flat()),
      v.transform((values) => (values.length === 0 ? undefined : values)),
      list,
    ),
  );
}

const Channel = v.pipe(
  v.string(),
  v.check(
    (name) => CHANNEL_NAMES.includes(name) || REPORTED_CHANNEL.test(name),
    `${oneOf(CHANNEL_NAMES)}, or a channel as the report writes it, like CHAT`,
  ),
  v.transform((name) => CHANNELS[name] ?? name),
);

const channels = v.optional(
  v.pipe(
    v.array(Channel),
    v.transform((names) => (names.includes(ALL_CHANNELS) ? undefined : names)),
    Parameters.entries.channel,
  ),
);

/** Gladly has this filter on its other reports; here nothing could be filtered by it. */
const noneOf = (what: string) =>
  v.pipe(
    v.nullish(
      v.pipe(
        v.array(v.unknown(), 'must be a list'),
        v.maxLength(
          0,
          `is not available, and must be empty: a session of Gladly AI has no ${what}`,
        ),
      ),
    ),
    v.description(`Must be empty: a session of Gladly AI has no ${what}`),
  );

const { entries } = Parameters;

const filters = {
  channel: v.pipe(
    listOf(channels),
    v.description(
      `One or several of ${CHANNEL_NAMES.join(', ')}, or channels as the report writes them, like CHAT`,
    ),
  ),
  inboxes: noneOf('inbox'),
  teams: noneOf('team'),
  agent: listOf(entries.agent),
  guide: listOf(entries.guide),
  outcome: listOf(entries.outcome),
  handoffCategory: listOf(entries.handoffCategory),
  handoffSubcategory: listOf(entries.handoffSubcategory),
  customerId: listOf(entries.customerId),
  conversationId: listOf(entries.conversationId),
  sessionId: listOf(entries.sessionId),
  recontacted: v.nullish(
    v.pipe(
      v.union([v.boolean(), v.string()], oneOf(RECONTACTED)),
      v.transform(String),
      v.picklist(RECONTACTED, oneOf(RECONTACTED)),
    ),
  ),
};

const attributes = {
  metricSet: v.picklist(METRIC_SET_NAMES, oneOf(METRIC_SET_NAMES)),
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
          ? `cannot be halfHourly: the finest is daily; it ${oneOf(LEVELS)}`
          : oneOf(LEVELS),
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
