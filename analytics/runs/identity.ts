// What makes two segments, or two Runs, the same: a hash over everything that their bytes depend on.
// Pure; who asks, when, and how a file is called are no part of it.

import { createHash } from 'node:crypto';

/** 160 bits, in hex: a name that file systems which ignore case keep apart too. */
const ID_LENGTH = 40;

export type Id = string;

/** Of any JSON value; lists keep their order, and objects the order in which they were written. */
export function idOf(value: unknown): Id {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, ID_LENGTH);
}
