// Keeps the address in step with the form, so that it can be bookmarked and sent.

import { withoutConsent } from './consent.ts';
import { fieldsOf } from './fields.ts';

export function keepAddress(form: HTMLFormElement): void {
  const fields = withoutConsent(form, fieldsOf(form));
  history.replaceState(null, '', `/?${fields.toString()}`);
}
