// What a Run is about, in a reader's words: its range and its filters.

import { html } from 'hono/html';
import type { Grouping, ParameterName, RunParameters } from '../../../sql/contract/parameters.ts';
import type { ResolvedRun } from '../../../sql/contract/run.ts';

/** The rest of a longer list is only counted. */
const MOST_VALUES = 5;

const FILTERS = {
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

export const FILTER_NAMES = Object.keys(FILTERS) as (keyof typeof FILTERS)[];

export const PERIOD_WORDS: Readonly<Record<Grouping, string>> = {
  none: 'Whole range',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  quarter: 'Quarter',
  year: 'Year',
};

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

const date = (day: string) =>
  html`<time datetime="${day}">${DATE.format(new Date(`${day}T00:00:00Z`))}</time>`;

export function rangeInWords({ from, to, timezone }: ResolvedRun['parameters']) {
  const days = from === to ? date(from) : html`${date(from)} to ${date(to)}`;
  return html`Sessions created ${days} (${timezone})`;
}

function valuesInWords(values: readonly string[]) {
  const shown = values.slice(0, MOST_VALUES).map((value) => html`<bdi>${value}</bdi>`);
  const more = values.length - shown.length;
  return [
    ...shown.map((value, index) => (index === 0 ? value : html` or ${value}`)),
    more > 0 ? ` or ${more} more` : '',
  ];
}

/** The filters of a Run, with semicolons between; nothing when there is none. */
export function filtersInWords(parameters: RunParameters) {
  return FILTER_NAMES.flatMap((name) => {
    const value = parameters[name];
    return value === undefined ? [] : html`${FILTERS[name]}: ${valuesInWords([value].flat())}`;
  }).map((filter, index) => (index === 0 ? filter : html`; ${filter}`));
}
