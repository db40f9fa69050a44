// Where people sign in: what this is, one button that leads to the identity provider, and what to do where
// there is none. Goes nowhere by itself.

import { html } from 'hono/html';
import type { Caller } from '../../sql/contract/roles.ts';
import { document } from './document.ts';

export type SignInWay =
  /** `begin` leads to the provider, and from there back to what was asked for. */
  | { readonly kind: 'provider'; readonly name: string; readonly begin: string }
  | { readonly kind: 'development'; readonly caller: Caller; readonly returnTo: string }
  | { readonly kind: 'none' };

function waysIn(way: SignInWay) {
  switch (way.kind) {
    case 'provider':
      return html`<p class="go"><a class="button" href="${way.begin}">Sign in with <bdi>${way.name}</bdi></a></p>
<p class="quiet">You need an account there that your organisation has given one of the roles administrator, team manager or analyst.</p>`;
    case 'development':
      return html`<p>No one needs to sign in: this is a development server, and everyone on this machine is <bdi>${way.caller.subject}</bdi>.</p>
<p class="go"><a class="button" href="${way.returnTo}">Go on as <bdi>${way.caller.subject}</bdi></a></p>`;
    case 'none':
      return html`<h2>Nobody can sign in here yet</h2>
<p>Ask whoever runs this site to set up signing in: an identity provider (OpenID Connect) or Cloudflare Access. Its manual, <code>worker/README.md</code>, says how.</p>
<p>Programs do not sign in: they send a token with each request, as <a href="/docs">the API</a> says.</p>`;
  }
}

/** Beside the frame's own: a link that does what a button does. */
const STYLE = `
.button { display: inline-block; box-sizing: border-box; min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 1px solid; border-radius: 0.375rem; font-weight: 600; text-decoration: none; overflow-wrap: anywhere; }
.go { margin: 1.5rem 0; }
`;

export function signInPage(way: SignInWay, nonce: string | undefined) {
  return document(
    'Sign in: Gladly AI reports',
    nonce,
    html`<h1>Gladly AI reports</h1>
<p>How your organisation’s Gladly AI sessions came out: what was resolved, what was handed off and why, and which customers came back.</p>
${waysIn(way)}`,
    STYLE,
  );
}
