// One operation of the edge, as it is written down for the OpenAPI document: data and schemas.

import type * as v from 'valibot';
import type { ProblemKind } from './problems.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly schema: v.GenericSchema;
}

/** An answer to a request that is right. */
export interface Success {
  readonly status: 200 | 201 | 202 | 204 | 206 | 302 | 303 | 304;
  readonly description: string;
  /** That the body may have, where there is one. */
  readonly mediaTypes?: readonly string[];
  /** For JSON; what else there is is text. */
  readonly schema?: v.GenericSchema;
  /** Headers that only this answer has, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Operation {
  /** For programs that make clients of the document. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'delete';
  /** An OpenAPI path template. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Whether the caller must have signed in. */
  readonly signedIn: boolean;
  readonly parameters?: readonly Parameter[];
  /** JSON. */
  readonly body?: { readonly schema: v.GenericSchema; readonly example: unknown };
  readonly successes: readonly Success[];
  /** The shape of what is refused. */
  readonly refusals: 'problem' | 'gladly';
  /** Every kind of problem that the operation can answer with, besides those that all have. */
  readonly problems: readonly ProblemKind[];
}

/** Problems of every operation, and of those that need a caller. */
export const PROBLEMS_OF_ALL: readonly ProblemKind[] = ['address-too-long'];
export const PROBLEMS_OF_SIGNED_IN: readonly ProblemKind[] = [
  'unauthenticated',
  'forbidden',
  'identity-unavailable',
  'misconfigured',
  'internal',
];

export function problemsOf({ signedIn, problems }: Operation): ProblemKind[] {
  return [...PROBLEMS_OF_ALL, ...(signedIn ? PROBLEMS_OF_SIGNED_IN : []), ...problems];
}
