// The chain through an audit file's lines: each carries the SHA-256 of the one before it and of its own
// text, so that no line can be changed, removed or moved without all later ones. Touches no disk.

import { createHash } from 'node:crypto';

export interface Link {
  /** Lines so far. */
  readonly count: number;
  /** Of the last one, in hex. */
  readonly hash: string;
}

/** Before the first line. */
export const GENESIS: Link = { count: 0, hash: '0'.repeat(64) };

const SEALED = /^\{"hash":"([0-9a-f]{64})",("number":(\d+),.*\})$/;

function hashOf(previous: string, content: string): string {
  return createHash('sha256').update(`${previous}\n${content}`).digest('hex');
}

/** The next line, without its line break, and the chain with it. */
export function seal(previous: Link, content: object): { line: string; link: Link } {
  const count = previous.count + 1;
  const text = JSON.stringify({ number: count, ...content }).slice(1);
  const hash = hashOf(previous.hash, text);
  return { line: `{"hash":"${hash}",${text}`, link: { count, hash } };
}

export type Checked =
  | { readonly ok: true; readonly link: Link }
  | { readonly ok: false; readonly fault: string };

/** Whether the line is the one that follows. */
export function follow(previous: Link, line: string): Checked {
  const [, hash, text, number] = SEALED.exec(line) ?? [];
  if (hash === undefined || text === undefined) {
    return { ok: false, fault: 'is not an audit line' };
  }
  const count = previous.count + 1;
  if (Number(number) !== count) {
    return { ok: false, fault: `is number ${number}: lines were removed, added or moved` };
  }
  if (hashOf(previous.hash, text) !== hash) {
    return { ok: false, fault: 'does not fit the line before it: one of the two was changed' };
  }
  return { ok: true, link: { count, hash } };
}
