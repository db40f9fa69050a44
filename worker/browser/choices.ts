// The values of the filters: looked up when they are opened, and again for other dates; searched here.

import { askAbout, latest } from './ask.ts';
import { element, fill } from './dom.ts';
import { fieldsOf } from './fields.ts';

const choices = element('choices', HTMLElement);
const failure = element('choices-failure', HTMLElement);
const looking = latest();
let shown: string | undefined;

/** All that the values depend on. */
function rangeOf(fields: URLSearchParams): string {
  return ['from', 'to', 'timezone'].map((name) => fields.get(name)).join(' ');
}

/** What is ticked stays, also where nothing could be looked up: it is part of what will be run. */
export async function loadChoices(form: HTMLFormElement): Promise<void> {
  const fields = fieldsOf(form);
  const range = rangeOf(fields);
  if (range === shown) return;
  shown = range;
  const signal = looking();
  choices.setAttribute('aria-busy', 'true');
  choices.inert = true; // a tick of meanwhile would be lost
  try {
    const answer = await askAbout(fields, choices.dataset['address'] ?? '', signal);
    if (answer.ok) fill(choices, answer.html);
    else shown = undefined;
    fill(failure, answer.ok ? '' : answer.html);
  } catch (error) {
    if (!signal.aborted) throw error;
    return; // other dates have been chosen meanwhile
  }
  choices.removeAttribute('aria-busy');
  choices.inert = false;
  for (const search of choices.querySelectorAll<HTMLElement>('.search')) search.hidden = false;
}

/** Values that are ticked stay in sight. */
export function searchIn(search: HTMLInputElement): void {
  const wanted = search.value.trim().toLocaleLowerCase();
  for (const choice of search.closest('fieldset')?.querySelectorAll('.tick') ?? []) {
    if (!(choice instanceof HTMLElement)) continue;
    const box = choice.querySelector('input');
    const text = box?.value.toLocaleLowerCase() ?? '';
    choice.hidden = box?.checked !== true && !text.includes(wanted);
  }
}
