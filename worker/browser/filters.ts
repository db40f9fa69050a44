// How many filters are in force: to be seen while they are folded away, too.

import { element } from './dom.ts';
import { fieldsOf } from './fields.ts';

const filters = element('filters', HTMLDetailsElement);
const badge = element('filters-used', HTMLElement);

export function countFilters(form: HTMLFormElement): void {
  const fields = fieldsOf(form);
  const names = new Set(
    [...filters.querySelectorAll('[name]')].map((field) => field.getAttribute('name') ?? ''),
  );
  const used = [...names].filter((name) => fields.has(name)).length;
  badge.textContent = `${used} used`;
  badge.hidden = used === 0;
}
