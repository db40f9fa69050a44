// Keeps the address in step with the form, so that it can be bookmarked and sent. Whether somebody has
// ticked that personal data is needed goes along with nothing.

import { fieldsOf } from './fields.ts';

export function keepAddress(form: HTMLFormElement): void {
  const fields = fieldsOf(form);
  fields.delete('personalData');
  history.replaceState(null, '', `/?${fields.toString()}`);
}
