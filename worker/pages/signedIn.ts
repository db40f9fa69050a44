// Who a page is for, and how to be someone else. The development identity is named as what it is.

import { html } from 'hono/html';
import type { Caller } from '../../sql/contract/roles.ts';
import type { Way } from '../auth/authenticate.ts';

/** Its answer leads to where the identity provider ends its own session too. */
export function signOutButton(label: string) {
  return html`<form method="post" action="/sign-out"><button>${label}</button></form>`;
}

export function signedIn({ subject }: Caller, way: Way) {
  return way === 'development'
    ? html`<p class="quiet">Development identity: everyone on this machine is <bdi>${subject}</bdi>. No one signs in here.</p>`
    : html`<p class="quiet">Signed in as <bdi>${subject}</bdi>.</p>`;
}
