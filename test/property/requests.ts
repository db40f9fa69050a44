// Generated requests over a generated lake: any report with any of its parameters, filters on values
// that the lake holds, ranges that begin and end among its sessions.

import * as fc from 'fast-check';
import { addDays } from '../../sql/contract/localDate.ts';
import {
  GROUPINGS,
  OUTCOMES,
  type ParameterName,
  WEEK_STARTS,
} from '../../sql/contract/parameters.ts';
import type { ReportName } from '../../sql/contract/report.ts';
import { localDate } from '../reference/localTime.ts';
import type { Session } from '../reference/records.ts';
import { lakes, type SetLake } from './lakes.ts';
import type { Parameters } from './runOf.ts';
import { TIME_ZONES } from './scenes.ts';

export interface Request {
  readonly report: ReportName;
  readonly parameters: Parameters;
}

const FILTERS = {
  channel: ({ channel }: Session) => [channel],
  agent: ({ gladlyAgent }: Session) => [gladlyAgent],
  guide: ({ guidesUsed }: Session) => guidesUsed ?? [],
  handoffCategory: ({ handoffCategory }: Session) => [handoffCategory],
  handoffSubcategory: ({ handoffSubcategory }: Session) => [handoffSubcategory],
  customerId: ({ customerId }: Session) => [customerId],
  conversationId: ({ conversationId }: Session) => [conversationId],
  sessionId: ({ sessionId }: Session) => [sessionId],
} as const satisfies Partial<
  Record<ParameterName, (session: Session) => readonly (string | null)[]>
>;

export const FILTER_NAMES: readonly string[] = [...Object.keys(FILTERS), 'outcome', 'recontacted'];

const LONGEST_FILTER_VALUE = 200;

function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function often<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(arbitrary, { nil: undefined, freq: 2 });
}

/** Which of the lake's values a filter asks for, by their places. */
const somePlaces = seldom(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }));

const plans = fc.record({
  /** Days from the scene's date, and days more. */
  range: fc.option(fc.tuple(fc.integer({ min: -4, max: 2 }), fc.oneof(fc.nat(4), fc.nat(400)))),
  picks: fc.record({
    channel: somePlaces,
    agent: somePlaces,
    guide: somePlaces,
    handoffCategory: somePlaces,
    handoffSubcategory: somePlaces,
    customerId: somePlaces,
    conversationId: somePlaces,
    sessionId: somePlaces,
  }),
  parameters: fc.record({
    timezone: seldom(fc.constantFrom(...TIME_ZONES)),
    grouping: often(fc.constantFrom(...GROUPINGS)),
    weekStart: often(fc.constantFrom(...WEEK_STARTS)),
    outcome: seldom(fc.subarray([...OUTCOMES], { minLength: 1 })),
    recontacted: seldom(fc.constantFrom('true', 'false', 'pending')),
    by: often(fc.constantFrom('channel', 'agent')),
    columns: often(fc.constantFrom('standard', 'extended')),
    messages: often(fc.constantFrom('text', 'json')),
    dates: often(fc.constantFrom('local', 'iso')),
    excel: seldom(fc.boolean()),
    formulaGuard: often(fc.boolean()),
  }),
});

type Plan = typeof plans extends fc.Arbitrary<infer Value> ? Value : never;

function parametersOf({ scene, lake }: SetLake, { range, picks, parameters }: Plan): Parameters {
  const asked: Partial<Record<ParameterName, unknown>> = { ...parameters };
  if (range !== null) {
    const timezone = parameters.timezone ?? lake.settings.timezone;
    asked.from = addDays(localDate(scene, timezone), range[0]);
    asked.to = addDays(asked.from as string, range[1]);
  }
  for (const [name, valuesOf] of Object.entries(FILTERS)) {
    const chosen = picks[name as keyof typeof FILTERS];
    if (chosen === undefined) continue;
    const held: (string | null)[] = lake.sessions.flatMap((session) => [...valuesOf(session)]);
    const values = ['nothing', ...held].filter(
      (value) => value !== null && value !== '' && value.length <= LONGEST_FILTER_VALUE,
    );
    asked[name as ParameterName] = chosen.map((place) => values[place % values.length]);
  }
  return asked;
}

export interface Asked {
  readonly lake: SetLake;
  readonly parameters: Parameters;
}

/** A lake and the parameters of one request, for whichever report. */
export const asked: fc.Arbitrary<Asked> = fc
  .tuple(lakes, plans)
  .map(([lake, chosen]) => ({ lake, parameters: parametersOf(lake, chosen) }));

export interface Case {
  readonly lake: SetLake;
  readonly requests: readonly Request[];
}

/** A lake and some requests over it. */
export function cases(mostRequests: number, reports: fc.Arbitrary<ReportName>): fc.Arbitrary<Case> {
  const request = fc.record({ report: reports, plan: plans });
  const requests = fc.array(request, { minLength: 1, maxLength: mostRequests });
  return fc.tuple(lakes, requests).map(([lake, chosen]) => ({
    lake,
    requests: chosen.map(({ report, plan }) => ({ report, parameters: parametersOf(lake, plan) })),
  }));
}
