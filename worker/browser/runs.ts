// Runs: begun, watched until they are over, downloaded then, cancelled. The cards are the worker's.

import { ask, askAbout } from './ask.ts';
import { element, fill, reveal } from './dom.ts';
import { downloadHere } from './downloads.ts';
import { fieldsOf } from './fields.ts';

const WATCH_MS = 700;
const MAX_WATCH_MS = 10_000;

const runs = element('runs', HTMLOListElement);
const announcer = element('announcer', HTMLElement);
const estimate = element('estimate', HTMLElement);

const ASKING_AGAIN =
  '<p class="alert"><strong>No connection.</strong> The Run goes on; asking again how it stands …</p>';

const watched = new Set<string>();
/** Runs of this page that have not been downloaded yet: they are, when they are complete. */
const awaited = new Set<string>();

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const isUnderWay = (card: Element | null): card is HTMLElement =>
  card instanceof HTMLElement && ['queued', 'running'].includes(card.dataset['state'] ?? '');

function announce(card: HTMLElement): void {
  const text = card.dataset['announce'] ?? '';
  if (announcer.textContent !== text) announcer.textContent = text;
}

function cardFrom(html: string): HTMLElement {
  const template = document.createElement('template');
  template.innerHTML = html;
  const card = template.content.querySelector('.run');
  if (card instanceof HTMLElement) {
    reveal(card);
    return card;
  }
  throw new TypeError('Cannot find a Run in what the worker has sent');
}

/** Puts a card in the place of an older one of the same Run; resolves to the one that is on the page. */
function renew(old: HTMLElement, card: HTMLElement): HTMLElement {
  const isSame = old.dataset['state'] === card.dataset['state'];
  if (isSame || (isUnderWay(old) && isUnderWay(card))) {
    // The same buttons, which stay: one that somebody presses just now would not be clicked, a download would be lost.
    Object.assign(old.dataset, card.dataset);
    const standing = card.querySelector('.standing');
    if (standing !== null) old.querySelector('.standing')?.replaceWith(standing);
    return old;
  }
  const key = old.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : undefined;
  for (const summary of old.querySelectorAll('details[open] > summary')) {
    const same = `summary[data-key="${summary.getAttribute('data-key')}"]`;
    card.querySelector(same)?.parentElement?.setAttribute('open', '');
  }
  old.replaceWith(card);
  if (key != null) {
    const same = card.querySelector<HTMLElement>(`[data-key="${key}"]`);
    (same ?? card.querySelector<HTMLElement>('.actions [data-key]'))?.focus();
  }
  return card;
}

async function watch(id: string): Promise<void> {
  if (watched.has(id)) return;
  watched.add(id);
  let wait = WATCH_MS;
  for (
    let card = document.getElementById(id);
    isUnderWay(card);
    card = document.getElementById(id)
  ) {
    await later(wait);
    const answer = await ask(card.dataset['card'] ?? '');
    const now = document.getElementById(id);
    if (!isUnderWay(now)) break; // it has been cancelled meanwhile
    if (answer.ok) {
      announce(renew(now, cardFrom(answer.html)));
      wait = WATCH_MS;
      continue;
    }
    const standing = now.querySelector('.standing');
    if (standing !== null) fill(standing, answer.isPassing ? ASKING_AGAIN : answer.html);
    if (!answer.isPassing) break;
    wait = Math.min(wait * 2, MAX_WATCH_MS);
  }
  watched.delete(id);
  const over = document.getElementById(id);
  if (awaited.delete(id) && over?.dataset['state'] === 'complete') await downloadHere(over);
}

export function watchRuns(): void {
  reveal(runs);
  for (const card of runs.querySelectorAll('.run')) if (isUnderWay(card)) void watch(card.id);
}

/** A refusal goes to where somebody has just clicked. */
async function begin(fields: URLSearchParams, refusal: Element): Promise<void> {
  const answer = await askAbout(fields, '/page/runs');
  if (!answer.ok) {
    fill(refusal, answer.html);
    return;
  }
  const begun = cardFrom(answer.html);
  const old = document.getElementById(begun.id);
  const card = old === null ? begun : renew(old, begun);
  runs.prepend(card);
  element('no-runs', HTMLElement).hidden = true;
  announce(card);
  card.scrollIntoView({ block: 'nearest' });
  awaited.add(card.id);
  await watch(card.id);
}

export const startRun = (form: HTMLFormElement) => begin(fieldsOf(form), estimate);

/** With what its form would hold. */
function runAgain(card: HTMLElement): void {
  const form = card.querySelector<HTMLAnchorElement>('[data-key="change"]');
  const standing = card.querySelector('.standing');
  if (form !== null && standing !== null) void begin(new URLSearchParams(form.search), standing);
}

export async function cancelRun(cancelling: HTMLFormElement): Promise<void> {
  const card = cancelling.closest('.run');
  if (!(card instanceof HTMLElement)) return;
  awaited.delete(card.id);
  await ask(cancelling.action, { method: 'POST' });
  const answer = await ask(card.dataset['card'] ?? '');
  const now = document.getElementById(card.id);
  if (answer.ok && now !== null) renew(now, cardFrom(answer.html));
}

const asked = (event: Event, key: string): HTMLElement | null => {
  const target =
    event.target instanceof Element ? event.target.closest(`[data-key="${key}"]`) : null;
  return target?.closest<HTMLElement>('.run') ?? null;
};

runs.addEventListener('click', (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const again = asked(event, 'again');
  if (again !== null) {
    event.preventDefault();
    runAgain(again);
  }
  const card = asked(event, 'download');
  if (card === null) return;
  awaited.delete(card.id); // whoever downloads by hand is not sent the file a second time
  if (card.dataset['state'] !== 'complete') return; // the browser's own: how long it is is not known yet
  event.preventDefault();
  void downloadHere(card);
});
