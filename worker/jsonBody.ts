// The JSON body of a request, or the problem that it has. Knows nothing of what the JSON should say.

import type { Problem } from '../sql/contract/problem.ts';
import { mediaTypeOf } from './mediaType.ts';

const JSON_TYPE = 'application/json';

export type JsonBody =
  | { readonly ok: true; readonly json: unknown }
  | { readonly ok: false; readonly problem: Problem };

export async function readJsonBody(request: Request): Promise<JsonBody> {
  if (mediaTypeOf(request)?.toLowerCase() !== JSON_TYPE) {
    return { ok: false, problem: { kind: 'wrong-media-type', expected: JSON_TYPE } };
  }
  try {
    return { ok: true, json: await request.json() };
  } catch {
    const fault = { parameter: 'body', detail: 'must be JSON' };
    return { ok: false, problem: { kind: 'invalid-run', faults: [fault] } };
  }
}
