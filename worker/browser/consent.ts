// The tick that a report with personal data asks for. It goes with the form, and not with its address: a
// link that somebody sends consents to nothing.

const consentIn = (form: HTMLFormElement) =>
  form.querySelector<HTMLInputElement>('input[data-consent-to]');

/** Asked for while its report is chosen. */
export function requireConsent(form: HTMLFormElement): void {
  const consent = consentIn(form);
  if (consent === null) return;
  consent.required = consent.dataset['consentTo'] === new FormData(form).get('report');
}

export function withoutConsent(form: HTMLFormElement, fields: URLSearchParams): URLSearchParams {
  const kept = new URLSearchParams(fields);
  kept.delete(consentIn(form)?.name ?? '');
  return kept;
}
