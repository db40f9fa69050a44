// The filters of a Run in a reader's words.

import { html } from 'hono/html';
import type {
  OUTCOMES,
  ParameterName,
  RECONTACTED,
  RunParameters,
} from '../../sql/contract/parameters.ts';

/** The rest of a longer list is only counted. */
const MOST_VALUES = 5;

export const FILTER_LABELS = {
  channel: 'Channel',
  agent: 'Gladly Agent',
  guide: 'Guide',
  outcome: 'Outcome',
  handoffCategory: 'Handoff category',
  handoffSubcategory: 'Handoff subcategory',
  customerId: 'Customer',
  conversationId: 'Conversation',
  sessionId: 'Session',
  recontacted: 'Recontacted',
} as const satisfies Partial<Record<ParameterName, string>>;

export const FILTER_NAMES = Object.keys(FILTER_LABELS) as (keyof typeof FILTER_LABELS)[];

export const OUTCOME_LABELS: Record<(typeof OUTCOMES)[number], string> = {
  resolved: 'Resolved',
  handed_off: 'Handed off',
  unresolved: 'Unresolved',
  no_response: 'No response',
  in_progress: 'In progress',
};

export const RECONTACTED_LABELS: Record<(typeof RECONTACTED)[number], string> = {
  true: 'Came back within 24 hours',
  false: 'Did not come back',
  pending: 'The 24 hours are not over',
};

/** Of the filters whose values are names for programs. */
const VALUE_LABELS: Partial<Record<ParameterName, Readonly<Record<string, string>>>> = {
  outcome: OUTCOME_LABELS,
  recontacted: RECONTACTED_LABELS,
};

function valuesInWords(name: ParameterName, values: readonly string[]) {
  const more = values.length - MOST_VALUES;
  return [
    ...values
      .slice(0, MOST_VALUES)
      .map((value) => html`<bdi>${VALUE_LABELS[name]?.[value] ?? value}</bdi>`)
      .map((value, index) => (index === 0 ? value : html` or ${value}`)),
    more > 0 ? ` or ${more} more` : '',
  ];
}

/** With semicolons between; nothing when there is none. */
export function filtersInWords(parameters: RunParameters) {
  return FILTER_NAMES.flatMap((name) => {
    const value = parameters[name];
    return value === undefined
      ? []
      : html`${FILTER_LABELS[name]}: ${valuesInWords(name, [value].flat())}`;
  }).map((filter, index) => (index === 0 ? filter : html`; ${filter}`));
}
