// The Reports page's script: asks for parts of the page again as somebody fills in the form, and watches
// Runs. It makes no HTML and knows no report: the worker does both, with a script or without.

import { keepAddress } from './address.ts';
import { loadChoices, searchIn } from './choices.ts';
import { requireConsent } from './consent.ts';
import { copyFrom } from './copy.ts';
import { markPreset, takePreset, validateZone } from './dates.ts';
import { element } from './dom.ts';
import { countFilters } from './filters.ts';
import { refreshEstimate, showPreview } from './glance.ts';
import { cancelRun, startRun, watchRuns } from './runs.ts';
import { removeLeftovers } from './storedFile.ts';

const form = element('form', HTMLFormElement);
const filters = element('filters', HTMLDetailsElement);

form.addEventListener('input', (event) => {
  if (event.target instanceof HTMLInputElement && event.target.type === 'search') {
    searchIn(event.target);
    return;
  }
  requireConsent(form);
  countFilters(form);
  markPreset(form);
  validateZone(form);
  keepAddress(form);
  refreshEstimate(form);
});

form.addEventListener('keydown', (event) => {
  const isSearch = event.target instanceof HTMLInputElement && event.target.type === 'search';
  if (isSearch && event.key === 'Enter') event.preventDefault(); // it searches as one types, and runs nothing
});

form.addEventListener('change', (event) => {
  const isRange =
    event.target instanceof HTMLInputElement &&
    ['from', 'to', 'timezone'].includes(event.target.name);
  if (isRange && filters.open) void loadChoices(form);
});

form.addEventListener('click', (event) => {
  if (takePreset(form, event)) {
    keepAddress(form);
    refreshEstimate(form);
    if (filters.open) void loadChoices(form);
  }
});

filters.addEventListener('toggle', () => {
  if (filters.open) void loadChoices(form);
});

form.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (!(button instanceof HTMLButtonElement)) return;
  const doing = {
    run: startRun,
    preview: showPreview,
    choices: loadChoices,
  }[button.value];
  if (doing === undefined) return; // a chart is a page of its own
  event.preventDefault();
  void doing(form);
});

document.addEventListener('submit', (event) => {
  if (event.target instanceof HTMLFormElement && event.target.matches('.run form')) {
    event.preventDefault();
    void cancelRun(event.target);
  }
});

document.addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.dataset['copy'] !== undefined) {
    void copyFrom(event.target);
  }
});

requireConsent(form);
refreshEstimate(form);
if (filters.open) void loadChoices(form);
watchRuns();
void removeLeftovers();
