// Signed download links: the address of one file, with a seal that says for whom and until when. For
// download managers, Excel and notebooks, which have no other credentials. The seal is in the address,
// so it is taken out before anything else sees the request.

import * as v from 'valibot';
import { Caller } from '../../sql/contract/roles.ts';
import type { Authentication } from './authentication.ts';
import { open, type Seals, seal } from './sealed.ts';

export const LINK_LIFETIME_SECONDS = 15 * 60;

const PARAMETER = 'link';

/** Always the last parameter, so that the rest is exactly what was signed. */
const AT_THE_END = new RegExp(`[?&]${PARAMETER}=([\\w.-]+)$`);

/** A report in one step, or a Run's file (SPEC 4). */
const LINKED = /^\/reports\/[\w-]+\.[\w.]+(\?|$)|^\/api\/runs\/[\w-]+\/download$/;

const Link = v.object({ caller: Caller, target: v.string() });

const NOT_LINKED =
  'must be the path of a report or of a Run’s file, like "/reports/ai-sessions-detail.csv?from=2026-07-01"';

export const LinkRequest = v.object({
  /** Path and query of a file, as its address has them. */
  path: v.pipe(
    v.string(NOT_LINKED),
    v.check((path) => LINKED.test(path) && isWrittenOut(path) && !hasLink(path), NOT_LINKED),
  ),
});

const urlOf = (path: string) => new URL(path, 'https://here.invalid');

const targetOf = ({ pathname, search }: URL) => pathname + search;

/** As a client will send it, or the link would be good for nothing. */
function isWrittenOut(path: string): boolean {
  return targetOf(urlOf(path)) === path;
}

function hasLink(path: string): boolean {
  return urlOf(path).searchParams.has(PARAMETER);
}

/** The path of a file, good for {@link LINK_LIFETIME_SECONDS} without other credentials. */
export async function makeLink(
  target: string,
  caller: Caller,
  seals: Seals,
  now: Date,
): Promise<string> {
  const sealed = await seal(seals.link, { caller, target }, now, LINK_LIFETIME_SECONDS);
  return `${target}${target.includes('?') ? '&' : '?'}${PARAMETER}=${sealed}`;
}

export function isLinked(request: Request): boolean {
  return hasLink(request.url);
}

/** Good for the very request that it was made for, in whose name it was made. */
export async function verifyLink(
  request: Request,
  seals: Seals,
  now: Date,
): Promise<Authentication> {
  const sealed = AT_THE_END.exec(request.url)?.[1];
  if (sealed === undefined) return { kind: 'invalid', reason: 'the link: not at the end' };
  const opened = await open(seals.link, sealed, Link, now);
  if (!opened.ok) return { kind: 'invalid', reason: `the link: ${opened.reason}` };
  const link = opened.content;
  const target = targetOf(new URL(withoutLink(request).url));
  return link.target === target
    ? { kind: 'caller', caller: link.caller }
    : { kind: 'invalid', reason: 'the link: for another request' };
}

/** The same request, as if it had been asked with other credentials. */
export function withoutLink(request: Request): Request {
  return isLinked(request) ? new Request(request.url.replace(AT_THE_END, ''), request) : request;
}
