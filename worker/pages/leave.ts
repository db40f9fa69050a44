// A page that goes on to another site by itself. Not a redirect: browsers hold the redirects of a form
// to the Content-Security-Policy's form-action, which names no site but this one.

import { html } from 'hono/html';
import { document } from './document.ts';

export function leavePage(title: string, address: URL, nonce: string | undefined) {
  const content = html`<h1>${title}</h1>
<p><a href="${address.href}">Go on to ${address.host}</a></p>`;
  return document(title, nonce, content);
}

/** The header that makes the page go on. */
export function leaveHeader(address: URL): string {
  return `0; url=${address.href}`;
}
