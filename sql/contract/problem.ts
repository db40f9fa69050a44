// Every expected failure as one union, and its one mapping to RFC 9457 (SPEC 4).
// Pure data: both services answer with it, neither adds a shape of its own.

import * as v from 'valibot';

const Fault = v.object({ parameter: v.string(), detail: v.string() });

/** One fault of a request: which parameter, and what would be right. */
export type Fault = Readonly<v.InferOutput<typeof Fault>>;

export type Problem =
  | { readonly kind: 'invalid-run'; readonly faults: readonly Fault[] }
  | { readonly kind: 'unknown-report'; readonly known: readonly string[] }
  | { readonly kind: 'unauthenticated'; readonly detail: string }
  | { readonly kind: 'forbidden'; readonly detail: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'method-not-allowed'; readonly allow: readonly string[] }
  | { readonly kind: 'body-too-large'; readonly maxBytes: number }
  | { readonly kind: 'address-too-long'; readonly maxCharacters: number }
  | { readonly kind: 'wrong-media-type'; readonly expected: string }
  | {
      readonly kind: 'rate-limited';
      readonly detail: string;
      readonly retryAfterSeconds: number;
    }
  | { readonly kind: 'unknown-organisation' }
  | { readonly kind: 'analytics-unavailable' }
  | { readonly kind: 'identity-unavailable' }
  | { readonly kind: 'sign-in-failed' }
  | { readonly kind: 'misconfigured' }
  | { readonly kind: 'run-failed' }
  | { readonly kind: 'unknown-run' }
  | { readonly kind: 'run-expired' }
  | { readonly kind: 'run-cancelled' }
  | { readonly kind: 'run-timed-out'; readonly seconds: number }
  | { readonly kind: 'data-changed' }
  | { readonly kind: 'out-of-memory' }
  | { readonly kind: 'spool-full' }
  | { readonly kind: 'too-many-runs'; readonly retryAfterSeconds: number }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'range-not-satisfiable'; readonly bytes: number }
  | { readonly kind: 'internal' };

/** RFC 9457 problem details; `errors` names every fault of an invalid Run at once. */
export const ProblemDocument = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  errors: v.exactOptional(v.pipe(v.array(Fault), v.readonly())),
});

export type ProblemDocument = Readonly<v.InferOutput<typeof ProblemDocument>>;

/** Types are stable names, resolvable nowhere on purpose (RFC 9457, section 3.1.1). */
const TYPE_PREFIX = 'urn:ai-sessions:problem:';

interface Shape {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

function shapeOf(problem: Problem): Shape {
  switch (problem.kind) {
    case 'invalid-run':
      return {
        status: 400,
        title: 'The Run is not valid',
        detail: problem.faults.map((fault) => `${fault.parameter}: ${fault.detail}`).join('; '),
      };
    case 'unknown-report':
      return {
        status: 404,
        title: 'No such report',
        detail: `Cannot find the report: the reports are ${problem.known.join(', ')}`,
      };
    case 'unauthenticated':
      return { status: 401, title: 'Not signed in', detail: problem.detail };
    case 'forbidden':
      return { status: 403, title: 'Not permitted', detail: problem.detail };
    case 'not-found':
      return { status: 404, title: 'Not found', detail: 'Cannot find anything at this address' };
    case 'method-not-allowed':
      return {
        status: 405,
        title: 'Method not allowed',
        detail: `Cannot use this method here: use ${problem.allow.join(' or ')}`,
      };
    case 'body-too-large':
      return {
        status: 413,
        title: 'Body too large',
        detail: `Cannot take so large a body: send at most ${problem.maxBytes} bytes`,
      };
    case 'address-too-long':
      return {
        status: 414,
        title: 'Address too long',
        detail: `Cannot take so long an address: use at most ${problem.maxCharacters} characters`,
      };
    case 'wrong-media-type':
      return {
        status: 415,
        title: 'Wrong media type',
        detail: `Cannot read the body: send it as ${problem.expected}, and say so in Content-Type`,
      };
    case 'rate-limited':
      return { status: 429, title: 'Too many requests', detail: problem.detail };
    case 'unknown-organisation':
      return {
        status: 404,
        title: 'No data',
        detail: 'Cannot find any data for your organisation',
      };
    case 'analytics-unavailable':
      return {
        status: 503,
        title: 'Analytics unavailable',
        detail: 'Cannot reach the analytics service: try again shortly',
      };
    case 'identity-unavailable':
      return {
        status: 503,
        title: 'Identity unavailable',
        detail: 'Cannot reach the service that vouches for you: try again shortly',
      };
    case 'sign-in-failed':
      return {
        status: 400,
        title: 'Sign-in not completed',
        detail: 'Cannot complete the sign-in: start again from the first page',
      };
    case 'misconfigured':
      return {
        status: 500,
        title: 'Not configured',
        detail: 'Cannot serve requests: the operator finds the reason in the log',
      };
    case 'run-failed':
      return {
        status: 500,
        title: 'The Run failed',
        detail: 'Cannot complete the Run: the operator finds the reason in the log',
      };
    case 'unknown-run':
      return {
        status: 404,
        title: 'No such Run',
        detail: 'Cannot find the Run: start it with POST',
      };
    case 'run-expired':
      return {
        status: 410,
        title: 'The Run is gone',
        detail: 'Cannot download the Run any more, and the data has changed since: start a new one',
      };
    case 'run-cancelled':
      return {
        status: 409,
        title: 'The Run was cancelled',
        detail: 'Cannot download a cancelled Run: start it again',
      };
    case 'run-timed-out':
      return {
        status: 504,
        title: 'The Run took too long',
        detail: `Cannot complete the Run within ${problem.seconds} seconds: ask for a shorter range`,
      };
    case 'data-changed':
      return {
        status: 409,
        title: 'The data changed',
        detail: 'Cannot complete the Run: the data changed meanwhile; start it again',
      };
    case 'out-of-memory':
      return {
        status: 507,
        title: 'Not enough memory',
        detail: 'Cannot complete the Run within the memory it may use: ask for a shorter range',
      };
    case 'spool-full':
      return {
        status: 507,
        title: 'No room for the Run',
        detail: 'Cannot complete the Run: the disk has no room for it; try again later',
      };
    case 'too-many-runs':
      return {
        status: 429,
        title: 'Too many Runs',
        detail: 'Cannot start another Run for your organisation yet: try again later',
      };
    case 'busy':
      return {
        status: 503,
        title: 'Too many Runs',
        detail: 'Cannot start another Run yet: try again later',
      };
    case 'range-not-satisfiable':
      return {
        status: 416,
        title: 'No such part of the file',
        detail: `Cannot send these bytes: the file has ${problem.bytes}`,
      };
    case 'internal':
      return { status: 500, title: 'Internal error', detail: 'Cannot complete the request' };
  }
}

/** So many faults of a request are told; one may have nothing but faults, a hundred thousand of them. */
export const MAX_FAULTS = 100;

/** The problem as an RFC 9457 document. */
export function problemDocument(problem: Problem): ProblemDocument {
  const type = TYPE_PREFIX + problem.kind;
  if (problem.kind !== 'invalid-run') return { type, ...shapeOf(problem) };
  const errors = problem.faults.slice(0, MAX_FAULTS);
  return { type, ...shapeOf({ ...problem, faults: errors }), errors };
}

/** The problem as an HTTP response, never cached. */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  const document = problemDocument(problem);
  return new Response(`${JSON.stringify(document)}\n`, {
    status: document.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(problem.kind === 'unauthenticated' ? { 'WWW-Authenticate': 'Bearer' } : {}),
      ...(problem.kind === 'method-not-allowed' ? { Allow: problem.allow.join(', ') } : {}),
      ...('retryAfterSeconds' in problem
        ? { 'Retry-After': String(problem.retryAfterSeconds) }
        : {}),
      ...(problem.kind === 'range-not-satisfiable'
        ? { 'Content-Range': `bytes */${problem.bytes}` }
        : {}),
      ...headers,
    },
  });
}

/** The kind of the problem that a response is; undefined when it is none of these. */
export async function problemKind(response: Response): Promise<string | undefined> {
  if (response.headers.get('Content-Type') !== 'application/problem+json') return undefined;
  return kindOf(((await response.clone().json()) as ProblemDocument).type);
}

/** The kind that a document's type names; undefined when it is none of these. */
export function kindOf(type: string): string | undefined {
  return type.startsWith(TYPE_PREFIX) ? type.slice(TYPE_PREFIX.length) : undefined;
}

/** Carries a problem out of a depth where nothing can answer; turned into HTTP in one place. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problemDocument(problem).detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}
