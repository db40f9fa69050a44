// The OpenAPI 3.1 document, made of the operations and the schemas that the edge itself parses with.
// Runs in Node only: the edge serves what it wrote, and never carries the converter.

import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { ProblemDocument, problemDocument } from '../../sql/contract/problem.ts';
import { GladlyErrors, gladlyErrors } from '../gladly/error.ts';
import { type Operation, type Parameter, problemsOf, type Success } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { PROBLEM_EXAMPLES, type ProblemKind } from './problems.ts';

function jsonSchema(schema: v.GenericSchema) {
  const { $schema: _, ...converted } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // Real dates and known zones are beyond a JSON Schema.
    ignoreActions: ['check', 'readonly'],
  });
  return converted;
}

const REFUSALS = {
  problem: {
    mediaType: 'application/problem+json',
    schema: 'Problem',
    example: (kind: ProblemKind): unknown => problemDocument(PROBLEM_EXAMPLES[kind]),
  },
  gladly: {
    mediaType: 'application/json',
    schema: 'GladlyErrors',
    example: (kind: ProblemKind): unknown => ({
      errors: gladlyErrors(problemDocument(PROBLEM_EXAMPLES[kind])),
    }),
  },
} as const;

/** Headers that go with a status, each with what it says. */
const HEADERS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'How to sign in.' },
  429: { 'Retry-After': 'After how many seconds it is worth another try.' },
};

function headersObject(headers: Readonly<Record<string, string>> = {}) {
  const described = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  return described.length === 0 ? {} : { headers: Object.fromEntries(described) };
}

const exampleName = (shape: Operation['refusals'], kind: ProblemKind) => `${shape}-${kind}`;

function refusal(status: number, shape: Operation['refusals'], kinds: readonly ProblemKind[]) {
  const { mediaType, schema } = REFUSALS[shape];
  const titles = kinds.map((kind) => problemDocument(PROBLEM_EXAMPLES[kind]).title);
  const examples = kinds.map((kind) => [
    kind,
    { $ref: `#/components/examples/${exampleName(shape, kind)}` },
  ]);
  return {
    description: `${titles.join('. ')}.`,
    ...headersObject(HEADERS[status]),
    content: {
      [mediaType]: {
        schema: { $ref: `#/components/schemas/${schema}` },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

/** Once for the whole document: most operations can answer with most problems. */
function examplesOf(operation: Operation) {
  const { refusals } = operation;
  return problemsOf(operation).map((kind) => [
    exampleName(refusals, kind),
    { value: REFUSALS[refusals].example(kind) },
  ]);
}

function success({ description, mediaTypes, schema, headers }: Success) {
  const type = schema ? jsonSchema(schema) : { type: 'string' };
  return {
    description,
    ...headersObject(headers),
    ...(mediaTypes === undefined
      ? {}
      : { content: Object.fromEntries(mediaTypes.map((each) => [each, { schema: type }])) }),
  };
}

function responses(operation: Operation) {
  const byStatus = Map.groupBy(
    problemsOf(operation),
    (kind) => problemDocument(PROBLEM_EXAMPLES[kind]).status,
  );
  const refusals = [...byStatus]
    .toSorted(([one], [other]) => one - other)
    .map(([status, kinds]) => [String(status), refusal(status, operation.refusals, kinds)]);
  const successes = operation.successes.map((each) => [String(each.status), success(each)]);
  return Object.fromEntries([...successes, ...refusals]);
}

function parameter({ name, in: where, description, schema }: Parameter) {
  return { name, in: where, required: where === 'path', description, schema: jsonSchema(schema) };
}

function operationObject(operation: Operation) {
  const { id, summary, description, signedIn, parameters, body } = operation;
  return {
    operationId: id,
    summary,
    description,
    ...(signedIn ? {} : { security: [] }),
    ...(parameters ? { parameters: parameters.map(parameter) } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: jsonSchema(body.schema), example: body.example },
            },
          },
        }
      : {}),
    responses: responses(operation),
  };
}

/** The types that document.ts reads it with are checked against what it wrote. */
export function buildDocument() {
  const paths = Map.groupBy(OPERATIONS, ({ path }) => path);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gladly AI reports',
      version: '1',
      description:
        'Reports on the sessions of Gladly AI. Every request is for the caller’s own organisation, which comes from the credentials. What is refused is told as a problem (RFC 9457), and as a page to browsers; every fault of a request at once. Any other method of a path answers 405, or 204 to `OPTIONS`, with `Allow`. Every response has an `X-Request-Id`, under which the operator finds it in the logs.',
    },
    security: [{ bearer: [] }, { basic: [] }, { session: [] }],
    paths: Object.fromEntries(
      [...paths].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map((each) => [each.method, operationObject(each)])),
      ]),
    ),
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token of the issuer that the operator has set.',
        },
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'The e-mail address, and an API token for a password, as at Gladly.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-session',
          description: 'For people: the session of a browser that has signed in at `/sign-in`.',
        },
      },
      examples: Object.fromEntries(OPERATIONS.flatMap(examplesOf)),
      schemas: {
        Problem: {
          title: 'What a problem looks like',
          description: 'RFC 9457. `type` is stable, `errors` names every fault of a request.',
          ...jsonSchema(ProblemDocument),
        },
        GladlyErrors: {
          title: 'What Gladly’s errors look like',
          description: 'Below `/api/v1/`, and nowhere else.',
          ...jsonSchema(GladlyErrors),
        },
      },
    },
  };
}
