// The values that a filter can have, to tick: those that occur in the chosen dates, the most frequent
// first. What has been ticked before stays, whether it occurs or not.

import { html } from 'hono/html';
import { CHOICE_FILTERS, type ChoiceFilter, type Choices } from '../../../sql/contract/glance.ts';
import { FILTER_LABELS } from '../filterWords.ts';
import { count, counted } from './words.ts';

/** A longer list has a field to search it. */
const SEARCHED_FROM = 12;

interface Choice {
  readonly value: string;
  /** Unknown of a value that has only been ticked. */
  readonly sessions?: number;
}

function choice(filter: ChoiceFilter, { value, sessions }: Choice, isTicked: boolean) {
  return html`<label class="tick"><input type="checkbox" name="${filter}" value="${value}"${isTicked ? html` checked` : ''}> <span dir="auto">${value}</span>${
    sessions === undefined ? '' : html` <span class="quiet">${count(sessions)}</span>`
  }</label>
`;
}

function group(
  filter: ChoiceFilter,
  listed: readonly Choice[],
  fields: URLSearchParams,
  note = '',
) {
  const ticked = new Set(fields.getAll(filter));
  const known = new Set(listed.map(({ value }) => value));
  const others = [...ticked].filter((value) => !known.has(value)).map((value) => ({ value }));
  const all: Choice[] = [...others, ...listed];
  if (all.length === 0) return '';
  return html`<fieldset class="choices"><legend>${FILTER_LABELS[filter]}</legend>
${
  all.length < SEARCHED_FROM
    ? ''
    : html`<label class="search" hidden><span class="visually-hidden">Search in ${FILTER_LABELS[filter]}</span>
<input type="search" placeholder="Search ${counted(all.length, 'value')}" autocomplete="off"></label>`
}
<div class="choice-list"${all.length < SEARCHED_FROM ? '' : html` tabindex="0" role="group" aria-label="${FILTER_LABELS[filter]}"`}>
${all.map((each) => choice(filter, each, ticked.has(each.value)))}</div>
${note === '' ? '' : html`<p class="quiet">${note}</p>`}</fieldset>
`;
}

export function choiceGroups(choices: Choices, fields: URLSearchParams) {
  const groups = CHOICE_FILTERS.map((filter) => {
    const { values, isCut } = choices[filter];
    const note = isCut ? `The ${count(values.length)} most frequent are listed.` : '';
    return group(filter, values, fields, note);
  }).filter((each) => each !== '');
  return groups.length > 0 ? html`${groups}` : html`<p>There are no sessions on these dates.</p>`;
}

export function hasChoices(fields: URLSearchParams): boolean {
  return CHOICE_FILTERS.some((filter) => (fields.get(filter) ?? '') !== '');
}

/** What has been ticked, before anything has been looked up. */
export function keptChoices(fields: URLSearchParams) {
  return html`${CHOICE_FILTERS.map((filter) => group(filter, [], fields))}`;
}
