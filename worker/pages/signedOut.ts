// What people see once they have signed out. Leads back only when they want to: the identity provider
// may still know them.

import { html } from 'hono/html';
import { document } from './document.ts';

export function signedOutPage(nonce: string | undefined) {
  const content = html`<h1>Signed out</h1>
<p>You have signed out of the reports. On a computer that others use too, close the browser as well.</p>
<p><a href="/sign-in">Sign in again</a></p>`;
  return document('Signed out', nonce, content);
}
