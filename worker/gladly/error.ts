// Errors as Gladly's API writes them (SPEC 4): every fault of a request in one list, each with the
// attribute, a code and a sentence. Problems of the edge and of the service become such errors here.

import * as v from 'valibot';
import type { Problem, ProblemDocument } from '../../sql/contract/problem.ts';

/** The codes of Gladly's API that this one has a use for. */
export const GLADLY_CODES = [
  'blank',
  'invalid',
  'present',
  'too_long',
  'not_exist',
  'temporary_failure',
] as const;

export const GladlyErrors = v.object({
  errors: v.array(
    v.object({
      /** The attribute, nested ones as `filters.channel`; or the part of the request at fault. */
      attr: v.string(),
      code: v.picklist(GLADLY_CODES),
      detail: v.string(),
    }),
  ),
});

export type GladlyError = v.InferOutput<typeof GladlyErrors>['errors'][number];

/** What Gladly calls the parameters of a Run that are no filters. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  body: 'body',
  from: 'startAt',
  to: 'endAt',
  timezone: 'timezone',
  grouping: 'aggregationLevel',
};

type About = Pick<GladlyError, 'attr' | 'code'>;

/** What a problem is about. All others are of the moment, and worth another try. */
const ABOUT: Readonly<Partial<Record<Problem['kind'], About>>> = {
  'invalid-run': { attr: 'body', code: 'invalid' },
  unauthenticated: { attr: 'Authorization', code: 'invalid' },
  forbidden: { attr: 'Authorization', code: 'invalid' },
  'not-found': { attr: 'path', code: 'not_exist' },
  'method-not-allowed': { attr: 'method', code: 'invalid' },
  'body-too-large': { attr: 'body', code: 'too_long' },
  'address-too-long': { attr: 'path', code: 'too_long' },
  'wrong-media-type': { attr: 'Content-Type', code: 'invalid' },
  'unknown-organisation': { attr: 'organisation', code: 'not_exist' },
};
const OF_THE_MOMENT: About = { attr: 'request', code: 'temporary_failure' };

/** Never empty. */
export function gladlyErrors(problem: ProblemDocument): GladlyError[] {
  const kind = problem.type.split(':').at(-1) as Problem['kind'];
  const about = ABOUT[kind] ?? OF_THE_MOMENT;
  if (problem.errors === undefined) return [{ ...about, detail: problem.detail }];
  return problem.errors.map(({ parameter, detail }) => {
    const attr = ATTRIBUTES[parameter] ?? `filters.${parameter}`;
    return { attr, code: about.code, detail: `${attr} ${detail}` };
  });
}

export function gladlyBody(errors: readonly GladlyError[]): string {
  return `${JSON.stringify({ errors })}\n`;
}

/** The answer to a request with these faults. */
export function gladlyRefusal(errors: readonly GladlyError[]): Response {
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  return new Response(gladlyBody(errors), { status: 400, headers });
}
