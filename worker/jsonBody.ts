// The JSON body of a request, or the problem that it has: every fault of it, and every attribute that
// nobody knows, since one that is misspelt would be left out in silence.

import * as v from 'valibot';
import type { Fault, Problem } from '../sql/contract/problem.ts';
import { mediaTypeOf } from './mediaType.ts';

const JSON_TYPE = 'application/json';

type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

const refused = (faults: readonly Fault[]) =>
  ({ ok: false, problem: { kind: 'invalid-run', faults } }) as const;

/** Any JSON. */
export async function readJsonBody(request: Request): Promise<Read<unknown>> {
  if (mediaTypeOf(request)?.toLowerCase() !== JSON_TYPE) {
    return { ok: false, problem: { kind: 'wrong-media-type', expected: JSON_TYPE } };
  }
  try {
    return { ok: true, value: await request.json() };
  } catch {
    return refused([{ parameter: 'body', detail: 'must be JSON' }]);
  }
}

/** An object as the schema has it. */
export async function readBody<Entries extends v.ObjectEntries>(
  request: Request,
  schema: v.ObjectSchema<Entries, undefined>,
): Promise<Read<v.InferOutput<typeof schema>>> {
  const body = await readJsonBody(request);
  if (!body.ok) return body;
  const names = Object.keys(schema.entries);
  const detail = `is not known: known are ${names.join(', ')}`;
  const strangers = Object.keys(Object(body.value)).filter((name) => !names.includes(name));
  const parsed = v.safeParse(schema, body.value);
  if (parsed.success && strangers.length === 0) return { ok: true, value: parsed.output };
  return refused([
    ...(parsed.issues ?? []).map((issue) => faultOf(issue, names)),
    ...strangers.map((parameter) => ({ parameter, detail })),
  ]);
}

function faultOf(issue: v.BaseIssue<unknown>, names: readonly string[]): Fault {
  const parameter = v.getDotPath(issue);
  if (parameter === null) {
    return { parameter: 'body', detail: `must be an object with ${names.join(' and ')}` };
  }
  return { parameter, detail: issue.type === 'object' ? 'must be given' : issue.message };
}
