// Ranges by name, and a time zone that can only be one of those listed. Dates are worked out by the worker.

function input(form: HTMLFormElement, name: string): HTMLInputElement {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) return field;
  throw new TypeError(`Cannot find the field ${name}`);
}

export function markPreset(form: HTMLFormElement): void {
  const [from, to] = [input(form, 'from').value, input(form, 'to').value];
  for (const preset of form.querySelectorAll<HTMLAnchorElement>('.presets a')) {
    const isCurrent = preset.dataset['from'] === from && preset.dataset['to'] === to;
    if (isCurrent) preset.setAttribute('aria-current', 'true');
    else preset.removeAttribute('aria-current');
  }
}

/** True when the click was on a range, whose dates are then in the form. */
export function takePreset(form: HTMLFormElement, event: Event): boolean {
  const preset = event.target instanceof Element ? event.target.closest('.presets a') : null;
  if (!(preset instanceof HTMLAnchorElement)) return false;
  event.preventDefault();
  input(form, 'from').value = preset.dataset['from'] ?? '';
  input(form, 'to').value = preset.dataset['to'] ?? '';
  markPreset(form);
  return true;
}

export function validateZone(form: HTMLFormElement): void {
  const field = input(form, 'timezone');
  const zones = [...(field.list?.options ?? [])].map((option) => option.value);
  const isListed = zones.includes(field.value);
  field.setCustomValidity(
    isListed ? '' : 'Choose one of the listed time zones, like America/Los_Angeles',
  );
}
