// One problem of every kind, as an example in the OpenAPI document and as the source of its status.

import type { Problem } from '../../sql/contract/problem.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { REPORT_ROLES } from '../../sql/contract/roles.ts';
import { MAX_ADDRESS_CHARACTERS, MAX_BODY_BYTES } from '../limits.ts';

export type ProblemKind = Problem['kind'];

export const PROBLEM_EXAMPLES: { readonly [Kind in ProblemKind]: Problem & { kind: Kind } } = {
  'invalid-run': {
    kind: 'invalid-run',
    faults: [{ parameter: 'from', detail: 'must be a date that exists' }],
  },
  'unknown-report': { kind: 'unknown-report', known: REPORT_NAMES },
  unauthenticated: {
    kind: 'unauthenticated',
    detail: 'Cannot accept your credentials: get new ones and try again',
  },
  forbidden: {
    kind: 'forbidden',
    detail: `Cannot run reports: you need one of the roles ${REPORT_ROLES.join(', ')}`,
  },
  'not-found': { kind: 'not-found' },
  'method-not-allowed': { kind: 'method-not-allowed', allow: ['GET', 'HEAD', 'OPTIONS'] },
  'body-too-large': { kind: 'body-too-large', maxBytes: MAX_BODY_BYTES },
  'address-too-long': { kind: 'address-too-long', maxCharacters: MAX_ADDRESS_CHARACTERS },
  'wrong-media-type': { kind: 'wrong-media-type', expected: 'application/json' },
  'rate-limited': {
    kind: 'rate-limited',
    detail: 'Cannot begin another report: your organisation may begin 10 a minute',
    retryAfterSeconds: 7,
  },
  'unknown-organisation': { kind: 'unknown-organisation' },
  'analytics-unavailable': { kind: 'analytics-unavailable' },
  'identity-unavailable': { kind: 'identity-unavailable' },
  'sign-in-failed': { kind: 'sign-in-failed' },
  misconfigured: { kind: 'misconfigured' },
  'run-failed': { kind: 'run-failed' },
  'unknown-run': { kind: 'unknown-run' },
  'run-expired': { kind: 'run-expired' },
  'run-cancelled': { kind: 'run-cancelled' },
  'run-timed-out': { kind: 'run-timed-out', seconds: 1800 },
  'data-changed': { kind: 'data-changed' },
  'out-of-memory': { kind: 'out-of-memory' },
  'spool-full': { kind: 'spool-full' },
  'too-many-runs': { kind: 'too-many-runs', retryAfterSeconds: 5 },
  busy: { kind: 'busy', retryAfterSeconds: 5 },
  'range-not-satisfiable': { kind: 'range-not-satisfiable', bytes: 1000 },
  internal: { kind: 'internal' },
};
