// The reports whose rows are counts of sessions (SPEC 3.5).

import type { ResolvedRun } from '../../sql/contract/run.ts';
import { type Facts, factsOf, type Outcome, type RecontactStatus } from './facts.ts';
import { type GroupedReport, groupedTable } from './groups.ts';
import { fourDecimals } from './ratio.ts';
import type { Lake } from './records.ts';
import type { Table } from './table.ts';
import { guarded } from './text.ts';

type Group = readonly Facts[];

function count(group: Group, matches: (facts: Facts) => boolean): number {
  return group.filter(matches).length;
}

function withOutcome(...outcomes: Outcome[]) {
  return (group: Group) => count(group, ({ outcome }) => outcomes.includes(outcome));
}

function withRecontact(...statuses: RecontactStatus[]) {
  return (group: Group) => count(group, ({ recontact }) => statuses.includes(recontact));
}

const sessions = (group: Group) => group.length;
const respondedTo = (group: Group) =>
  count(group, ({ session }) => session.wasRespondedTo === true);
const resolved = withOutcome('resolved');
const handedOff = withOutcome('handed_off');
const noResponse = withOutcome('no_response');
const unresolved = withOutcome('unresolved');
const inProgress = withOutcome('in_progress');
const concluded = withOutcome('resolved', 'handed_off', 'unresolved');
const recontacted = withRecontact('recontacted');
const notRecontacted = withRecontact('not_recontacted');
const recontactPending = withRecontact('pending');
const recontactKnown = withRecontact('recontacted', 'not_recontacted');

type Count = (group: Group) => number;

function whole(measure: Count) {
  return (group: Group) => String(measure(group));
}

/** Empty without a denominator. */
function rate(numerator: Count, denominator: Count) {
  return (group: Group) => {
    const all = denominator(group);
    return all === 0 ? '' : fourDecimals(BigInt(numerator(group)), BigInt(all));
  };
}

function freeTextCell({ parameters }: ResolvedRun): (text: string) => string {
  return parameters.formulaGuard ? guarded : String;
}

export function summaryTable(lake: Lake, run: ResolvedRun): Table {
  return groupedTable(run, factsOf(lake, run), {
    ...splitBy(run),
    measures: {
      Sessions: whole(sessions),
      'Responded To': whole(respondedTo),
      Resolved: whole(resolved),
      'Handed Off': whole(handedOff),
      'No Response': whole(noResponse),
      Unresolved: whole(unresolved),
      'In Progress': whole(inProgress),
      'Resolution Rate': rate(resolved, concluded),
      'Handoff Rate': rate(handedOff, concluded),
      Recontacted: whole(recontacted),
      'Not Recontacted': whole(notRecontacted),
      'Recontact Pending': whole(recontactPending),
      'Recontact Rate': rate(recontacted, recontactKnown),
    },
    order: 'by keys',
  });
}

function splitBy(run: ResolvedRun): Pick<GroupedReport, 'keys' | 'keysOf'> {
  switch (run.parameters.by) {
    case undefined:
      return { keys: {}, keysOf: () => [[]] };
    case 'channel':
      return { keys: { Channel: String }, keysOf: ({ session }) => [[session.channel ?? '']] };
    case 'agent':
      return {
        keys: { 'Gladly Agent': freeTextCell(run) },
        keysOf: ({ session }) => [[session.gladlyAgent ?? '']],
      };
  }
}

export function handoffReasonsTable(lake: Lake, run: ResolvedRun): Table {
  const freeText = freeTextCell(run);
  const ofRequest = factsOf(lake, run).filter(({ session }) => session.wasHandedOff === true);
  return groupedTable(run, ofRequest, {
    keys: { 'Handoff Category': freeText, 'Handoff Subcategory': freeText },
    keysOf: ({ session }) => [[session.handoffCategory ?? '', session.handoffSubcategory ?? '']],
    measures: {
      Sessions: whole(sessions),
      Share: rate(sessions, () => ofRequest.length),
      'No Response': whole(noResponse),
    },
    order: 'most frequent first',
  });
}

export function guidesTable(lake: Lake, run: ResolvedRun): Table {
  return groupedTable(run, factsOf(lake, run), {
    keys: { Guide: freeTextCell(run) },
    keysOf: ({ session }) => [...new Set(session.guidesUsed)].map((guide) => [guide]),
    measures: {
      Sessions: whole(sessions),
      Resolved: whole(resolved),
      'Handed Off': whole(handedOff),
      Unresolved: whole(unresolved),
      'Resolution Rate': rate(resolved, concluded),
      Recontacted: whole(recontacted),
      'Recontact Rate': rate(recontacted, recontactKnown),
    },
    order: 'most frequent first',
  });
}
