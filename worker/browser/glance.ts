// How many sessions match, how large the file will be, how it begins: asked again as the form changes.

import { askAbout, latest } from './ask.ts';
import { element, fill } from './dom.ts';
import { fieldsOf } from './fields.ts';

/** Somebody who types is let finish. */
const PAUSE_MS = 300;

const estimate = element('estimate', HTMLElement);
const preview = element('preview', HTMLElement);
const estimating = latest();
const previewing = latest();
let pause: ReturnType<typeof setTimeout> | undefined;

async function load(
  target: HTMLElement,
  form: HTMLFormElement,
  signal: AbortSignal,
): Promise<void> {
  target.setAttribute('aria-busy', 'true');
  try {
    const answer = await askAbout(fieldsOf(form), target.dataset['address'] ?? '', signal);
    fill(target, answer.html);
  } catch (error) {
    if (!signal.aborted) throw error;
    return; // something newer is under way
  }
  target.removeAttribute('aria-busy');
}

/** What was shown of another request is not shown of this one. */
export function refreshEstimate(form: HTMLFormElement): void {
  const signal = estimating();
  previewing();
  preview.replaceChildren();
  preview.removeAttribute('aria-busy');
  clearTimeout(pause);
  pause = setTimeout(() => load(estimate, form, signal), PAUSE_MS);
}

export function showPreview(form: HTMLFormElement): void {
  void load(preview, form, previewing());
}
