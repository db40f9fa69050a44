// The reports whose rows are sessions (SPEC 3.1, ai-recontacts of 3.5): columns and their cells.

import type { ResolvedRun } from '../../sql/contract/run.ts';
import { type Facts, factsOf, MICROSECONDS_PER_HOUR } from './facts.ts';
import { createdHeader, isoTime, localTime, periodOf } from './localTime.ts';
import { historyAsJson, historyAsText } from './messages.ts';
import { fourDecimals } from './ratio.ts';
import type { Instant, Lake, Session } from './records.ts';
import type { Table } from './table.ts';
import { guarded, guideList, handoffReasonOf } from './text.ts';

type Columns = Readonly<Record<string, (facts: Facts) => string>>;

function booleanCell(value: boolean | null): string {
  return value === null ? '' : String(value);
}

const RECONTACT_CELL = {
  '': '',
  unknown: '',
  pending: '',
  recontacted: 'true',
  not_recontacted: 'false',
} as const;

export function detailTable(lake: Lake, run: ResolvedRun): Table {
  const { columns, messages } = run.parameters;
  return tableOf(factsOf(lake, run), {
    ...detailColumns(lake, run),
    ...(columns === 'extended' && extendedColumns(run)),
    ...(run.report === 'ai-sessions-detail-with-messages' && {
      'Message History': ({ session }) =>
        (messages === 'json' ? historyAsJson : historyAsText)(
          lake.messages,
          session.sessionId,
          run.parameters.timezone,
        ),
    }),
  });
}

export function recontactsTable(lake: Lake, run: ResolvedRun): Table {
  const recontacted = factsOf(lake, run).filter(({ recontact }) => recontact === 'recontacted');
  return tableOf(recontacted, {
    ...detailColumns(lake, run),
    'Next Session ID': ({ next }) => next?.sessionId ?? '',
    'Next Session Created Date': ({ next }) => timeCell(next?.createdAt ?? null, run),
    'Next Session Channel': ({ next }) => next?.channel ?? '',
    'Hours To Next Session': ({ session, next }) => hoursCell(session, next),
    'Same Channel': ({ session, next }) => sameChannelCell(session, next),
  });
}

function tableOf(rows: readonly Facts[], columns: Columns): Table {
  const cells = Object.values(columns);
  return {
    header: Object.keys(columns),
    rows: rows.map((facts) => cells.map((cell) => cell(facts))),
  };
}

function detailColumns(lake: Lake, run: ResolvedRun): Columns {
  const { grouping, weekStart, formulaGuard } = run.parameters;
  const freeText = (text: string | null) => (formulaGuard ? guarded(text ?? '') : (text ?? ''));
  return {
    'Session ID': ({ session }) => session.sessionId,
    'Customer ID': ({ session }) => session.customerId ?? '',
    'Conversation ID': ({ session }) => session.conversationId ?? '',
    Channel: ({ session }) => session.channel ?? '',
    'Gladly Agent': ({ session }) => freeText(session.gladlyAgent),
    'Guides Used': ({ session }) => freeText(guideList(session.guidesUsed ?? [])),
    [createdHeader(grouping)]: ({ session, date }) =>
      grouping === 'none' ? timeCell(session.createdAt, run) : periodOf(date, grouping, weekStart),
    'Was Handed Off': ({ session }) => booleanCell(session.wasHandedOff),
    'Was Resolved': ({ session }) => booleanCell(session.wasResolved),
    'Was Recontacted Resolution - 24 Hours': ({ recontact }) => RECONTACT_CELL[recontact],
    'Was Responded To': ({ session }) => booleanCell(session.wasRespondedTo),
    'Handoff Category': ({ session }) => freeText(session.handoffCategory),
    'Handoff Subcategory': ({ session }) => freeText(session.handoffSubcategory),
    'Handoff Reason': ({ session }) => freeText(handoffReasonOf(session)),
    'Transfer Rationale': ({ session }) => freeText(session.transferRationale),
    'Conversation Link': ({ session }) =>
      session.conversationId === null
        ? ''
        : lake.settings.conversationLink.split('{conversationId}').join(session.conversationId),
  };
}

function extendedColumns(run: ResolvedRun): Columns {
  return {
    Outcome: ({ outcome }) => outcome,
    'Recontact Status': ({ recontact }) => recontact,
    'Next Session ID': ({ next }) => next?.sessionId ?? '',
    'Hours To Next Session': ({ session, next }) => hoursCell(session, next),
    'Ended At': ({ session }) => timeCell(session.endedAt, run),
    'Updated At': ({ session }) => timeCell(session.updatedAt, run),
  };
}

function timeCell(instant: Instant | null, { parameters }: ResolvedRun): string {
  if (instant === null) return '';
  return (parameters.dates === 'iso' ? isoTime : localTime)(instant, parameters.timezone);
}

/** With 4 decimals, half a unit of the last one rounded up. */
function hoursCell(session: Session, next: Session | undefined): string {
  if (next === undefined) return '';
  return fourDecimals(next.createdAt - session.createdAt, MICROSECONDS_PER_HOUR);
}

function sameChannelCell(session: Session, next: Session | undefined): string {
  const channels = [session.channel, next?.channel ?? null];
  return channels.includes(null) ? '' : String(channels[0] === channels[1]);
}
