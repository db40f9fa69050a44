// On the paths of Gladly's API, every problem, whoever found it, goes out in Gladly's shape with the
// status and the other headers that it had.

import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import { ProblemDocument } from '../../sql/contract/problem.ts';
import { mediaTypeOf } from '../mediaType.ts';
import { gladlyBody, gladlyErrors } from './error.ts';

export const gladlyProblems = createMiddleware(async (c, next) => {
  await next();
  if (mediaTypeOf(c.res) !== 'application/problem+json') return;
  const { status } = c.res;
  const headers = new Headers(c.res.headers);
  headers.set('Content-Type', 'application/json');
  headers.delete('Content-Length');
  const errors = gladlyErrors(v.parse(ProblemDocument, await c.res.json()));
  c.res = undefined; // or Hono would copy the old headers onto the new response
  c.res = new Response(gladlyBody(errors), { status, headers });
});
