// Everything that the edge answers, in the order of the OpenAPI document. A test holds the list
// together with the routes of the app, and has every answer that it promises given once.

import * as v from 'valibot';
import { FORMATS, MEDIA_TYPES } from '../../sql/contract/format.ts';
import { LocalDate } from '../../sql/contract/localDate.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import { RunStatus } from '../../sql/contract/runStatus.ts';
import { IssuedLink } from '../auth/issueLink.ts';
import { LinkRequest } from '../auth/link.ts';
import { GladlyReportRequest } from '../gladly/request.ts';
import { RunRequest } from '../runs.ts';
import type { Operation, Parameter, Success } from './operation.ts';
import type { ProblemKind } from './problems.ts';
import { RUN_PARAMETERS } from './runParameters.ts';

/** Whatever asks the analytics service may end so. */
const OF_THE_SERVICE: readonly ProblemKind[] = [
  'unknown-organisation',
  'analytics-unavailable',
  'run-failed',
];

/** What asks it for a Run's file may end so besides, before the first byte. */
const OF_A_RUN: readonly ProblemKind[] = [
  ...OF_THE_SERVICE,
  'too-many-runs',
  'busy',
  'run-cancelled',
  'data-changed',
  'run-timed-out',
  'out-of-memory',
  'spool-full',
];

const ATTACHMENT = {
  'Content-Disposition':
    '`attachment`, with a file name of report, dates and grouping, like `GladlyAISessionsDetailReport-20260701-20260731-Weekly.csv`.',
};

/** Whoever asks for a page in a browser is sent to sign in, where a provider is set. */
const TO_SIGN_IN: Success = {
  status: 302,
  description: 'To browsers that have not signed in: where they can.',
  headers: { Location: 'The sign-in, which leads back here.' },
};

/** Where nobody can sign in so, there is nothing at all. */
const OF_THE_SIGN_IN: readonly ProblemKind[] = ['not-found', 'misconfigured', 'internal'];

/** A file, a part of it, or nothing because the caller has it. */
const FILE: readonly Success[] = [
  {
    status: 200,
    description: 'The report’s file.',
    mediaTypes: Object.values(MEDIA_TYPES).map((type) => type.split(';')[0] ?? type),
    headers: {
      ...ATTACHMENT,
      ETag: 'Of these very bytes; for `If-None-Match` and `If-Range`.',
      'X-Run-Id': 'The Run, which `/api/runs` tells more of.',
    },
  },
  {
    status: 206,
    description: 'The part that `Range` asks for.',
    mediaTypes: Object.values(MEDIA_TYPES).map((type) => type.split(';')[0] ?? type),
    headers: { 'Content-Range': 'Which part it is.' },
  },
  { status: 304, description: 'You have it: `If-None-Match` names it.' },
];

const RETURN: Parameter = {
  name: 'return',
  in: 'query',
  description: 'Where to go on afterwards: a path of this site.',
  schema: v.optional(v.string(), '/'),
};

const RunPath: Parameter = {
  name: 'id',
  in: 'path',
  description: 'The Run’s id.',
  schema: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
};

const ReportPath = v.picklist(REPORT_NAMES);

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'downloadReport',
    method: 'get',
    path: '/reports/{report}.{format}',
    summary: 'Download a report',
    description:
      'Runs the report and streams its file, from the first byte while it is still being computed. A transfer that breaks off is a Run that failed: a whole file always ends well. `HEAD` checks a request without running it.',
    signedIn: true,
    parameters: [
      { name: 'report', in: 'path', description: 'The report’s name.', schema: ReportPath },
      {
        name: 'format',
        in: 'path',
        description: 'The format of the file.',
        schema: v.picklist(FORMATS),
      },
      ...RUN_PARAMETERS,
    ],
    successes: [...FILE, TO_SIGN_IN],
    refusals: 'problem',
    problems: ['not-found', 'unknown-report', 'invalid-run', 'range-not-satisfiable', ...OF_A_RUN],
  },
  {
    id: 'viewReport',
    method: 'get',
    path: '/reports/{report}',
    summary: 'Look at a report',
    description:
      'A report that counts as a page with a chart and a table. The address of a list of sessions leads to the Reports page, with the same parameters.',
    signedIn: true,
    parameters: [
      { name: 'report', in: 'path', description: 'The report’s name.', schema: ReportPath },
      ...RUN_PARAMETERS,
    ],
    successes: [
      { status: 200, description: 'A page.', mediaTypes: ['text/html'] },
      {
        status: 302,
        description:
          'For lists of sessions, the Reports page; to browsers that have not signed in, where they can.',
        headers: { Location: 'Where to go.' },
      },
    ],
    refusals: 'problem',
    problems: ['unknown-report', 'invalid-run', ...OF_A_RUN],
  },
  {
    id: 'downloadAudit',
    method: 'get',
    path: '/reports/audit.csv',
    summary: 'Download the audit',
    description:
      'Who ran and downloaded what, and what was refused, as CSV with a row for each event; for administrators. Reading it is an event too.',
    signedIn: true,
    parameters: [
      { name: 'from', in: 'query', description: 'First day, in UTC.', schema: LocalDate },
      { name: 'to', in: 'query', description: 'Last day, in UTC.', schema: LocalDate },
      { name: 'subject', in: 'query', description: 'Whose events.', schema: v.string() },
    ],
    successes: [
      { status: 200, description: 'The audit.', mediaTypes: ['text/csv'], headers: {} },
      TO_SIGN_IN,
    ],
    refusals: 'problem',
    problems: ['invalid-run', ...OF_THE_SERVICE],
  },
  {
    id: 'downloadGladlyReport',
    method: 'post',
    path: '/api/v1/reports',
    summary: 'Download a report as from Gladly’s API',
    description:
      'Takes what programs written for Gladly’s `POST /api/v1/reports` send, and answers with the CSV, whatever `Accept` says. Beyond Gladly: `yearly`, and the filters from `agent` on. A filter takes one text or a list; null and an empty list are as good as nothing. Faults are named all at once, in Gladly’s shape.',
    signedIn: true,
    body: {
      schema: GladlyReportRequest,
      example: {
        metricSet: 'GladlyAISessionsDetailReport',
        startAt: '2026-07-01',
        endAt: '2026-07-31',
        timezone: 'America/Los_Angeles',
        aggregationLevel: 'weekly',
        filters: { channel: ['chat', 'sms'] },
      },
    },
    successes: [
      {
        status: 200,
        description: 'The report: a header, then its rows.',
        mediaTypes: ['text/csv'],
        headers: {
          ...ATTACHMENT,
          'Ratelimit-Limit-Second': 'How many reports could begin in a second at best.',
          'Ratelimit-Remaining-Second': 'How many more could begin now.',
        },
      },
    ],
    refusals: 'gladly',
    problems: ['invalid-run', 'wrong-media-type', 'body-too-large', 'rate-limited', ...OF_A_RUN],
  },
  {
    id: 'beginRun',
    method: 'post',
    path: '/api/runs',
    summary: 'Begin a Run',
    description:
      'Begins a report without downloading it. The same request over the same data is the same Run, computed once. The members of `params` are the parameters of `GET /reports/{report}`; those that may be given several times are lists.',
    signedIn: true,
    body: {
      schema: RunRequest,
      example: {
        report: 'ai-sessions-detail',
        params: { from: '2026-07-01', to: '2026-07-31', grouping: 'week', channel: ['CHAT'] },
      },
    },
    successes: [
      {
        status: 201,
        description: 'The Run, which is over.',
        mediaTypes: ['application/json'],
        schema: RunStatus,
        headers: { Location: 'The Run’s address.' },
      },
      {
        status: 202,
        description: 'The Run, which works or waits.',
        mediaTypes: ['application/json'],
        schema: RunStatus,
        headers: { Location: 'The Run’s address.' },
      },
    ],
    refusals: 'problem',
    problems: ['invalid-run', 'unknown-report', 'wrong-media-type', 'body-too-large', ...OF_A_RUN],
  },
  {
    id: 'listRuns',
    method: 'get',
    path: '/api/runs',
    summary: 'List your Runs',
    description: 'Those that you have asked for and that are still kept.',
    signedIn: true,
    successes: [
      {
        status: 200,
        description: 'The Runs.',
        mediaTypes: ['application/json'],
        schema: v.object({ runs: v.array(RunStatus) }),
      },
    ],
    refusals: 'problem',
    problems: ['invalid-run', ...OF_THE_SERVICE],
  },
  {
    id: 'getRun',
    method: 'get',
    path: '/api/runs/{id}',
    summary: 'See how a Run is doing',
    description: 'Its status, how far it is, and once it is complete its size and SHA-256.',
    signedIn: true,
    parameters: [RunPath],
    successes: [
      {
        status: 200,
        description: 'The Run.',
        mediaTypes: ['application/json'],
        schema: RunStatus,
      },
    ],
    refusals: 'problem',
    problems: ['invalid-run', 'unknown-run', ...OF_THE_SERVICE],
  },
  {
    id: 'cancelRun',
    method: 'delete',
    path: '/api/runs/{id}',
    summary: 'Cancel a Run',
    description: 'Ends it, unless others have asked for it too.',
    signedIn: true,
    parameters: [RunPath],
    successes: [{ status: 204, description: 'Cancelled.' }],
    refusals: 'problem',
    problems: ['invalid-run', 'unknown-run', ...OF_THE_SERVICE],
  },
  {
    id: 'downloadRun',
    method: 'get',
    path: '/api/runs/{id}/download',
    summary: 'Download a Run’s file',
    description:
      'From the first byte while the Run is still being computed; with length and ranges once it is complete.',
    signedIn: true,
    parameters: [RunPath],
    successes: [...FILE, TO_SIGN_IN],
    refusals: 'problem',
    problems: ['invalid-run', 'unknown-run', 'run-expired', 'range-not-satisfiable', ...OF_A_RUN],
  },
  {
    id: 'issueLink',
    method: 'post',
    path: '/api/links',
    summary: 'Make a download link',
    description:
      'The address of one file, which needs no other credentials for 15 minutes: for download managers, Excel and notebooks. It has the roles and the organisation of the one who asks.',
    signedIn: true,
    body: {
      schema: LinkRequest,
      example: { path: '/reports/ai-sessions-detail.csv?from=2026-07-01&to=2026-07-31' },
    },
    successes: [
      {
        status: 201,
        description: 'The link, and when it ends.',
        mediaTypes: ['application/json'],
        schema: IssuedLink,
        headers: { Location: 'The link.' },
      },
    ],
    refusals: 'problem',
    problems: ['invalid-run', 'wrong-media-type', 'body-too-large', 'not-found'],
  },
  {
    id: 'showReports',
    method: 'get',
    path: '/',
    summary: 'The Reports page',
    description: 'Where people choose a report and download it.',
    signedIn: true,
    successes: [{ status: 200, description: 'A page.', mediaTypes: ['text/html'] }, TO_SIGN_IN],
    refusals: 'problem',
    problems: OF_THE_SERVICE,
  },
  {
    id: 'showSignIn',
    method: 'get',
    path: '/sign-in',
    summary: 'The sign-in page',
    description: 'What this site is, and a button that leads to the identity provider.',
    signedIn: false,
    parameters: [RETURN],
    successes: [{ status: 200, description: 'A page.', mediaTypes: ['text/html'] }],
    refusals: 'problem',
    problems: ['misconfigured', 'internal'],
  },
  {
    id: 'beginSignIn',
    method: 'get',
    path: '/sign-in/begin',
    summary: 'Go to the identity provider',
    description: 'Sends a browser to the identity provider (OpenID Connect).',
    signedIn: false,
    parameters: [RETURN],
    successes: [
      {
        status: 200,
        description: 'A page that goes on to the provider by itself.',
        mediaTypes: ['text/html'],
        headers: { Refresh: 'The provider’s address.' },
      },
    ],
    refusals: 'problem',
    problems: ['identity-unavailable', ...OF_THE_SIGN_IN],
  },
  {
    id: 'finishSignIn',
    method: 'get',
    path: '/sign-in/callback',
    summary: 'Come back from the identity provider',
    description: 'Where the provider sends a browser, with what OpenID Connect says in the query.',
    signedIn: false,
    successes: [
      {
        status: 303,
        description: 'Signed in.',
        headers: { Location: 'Where the person wanted to go.', 'Set-Cookie': 'The session.' },
      },
    ],
    refusals: 'problem',
    problems: ['sign-in-failed', 'forbidden', 'identity-unavailable', ...OF_THE_SIGN_IN],
  },
  {
    id: 'signOut',
    method: 'post',
    path: '/sign-out',
    summary: 'Sign out',
    description: 'Ends the session here, and the provider’s where it has a place for that.',
    signedIn: false,
    successes: [
      {
        status: 200,
        description: 'A page that goes on to the provider by itself.',
        mediaTypes: ['text/html'],
        headers: { Refresh: 'The provider’s address.' },
      },
      {
        status: 303,
        description: 'Signed out here; the provider has no place for it.',
        headers: { Location: '`/signed-out`' },
      },
    ],
    refusals: 'problem',
    problems: ['forbidden', 'body-too-large', ...OF_THE_SIGN_IN],
  },
  {
    id: 'showSignedOut',
    method: 'get',
    path: '/signed-out',
    summary: 'Signed out',
    description: 'Where a browser ends up after signing out.',
    signedIn: false,
    successes: [{ status: 200, description: 'A page.', mediaTypes: ['text/html'] }],
    refusals: 'problem',
    problems: [],
  },
  {
    id: 'showDocs',
    method: 'get',
    path: '/docs',
    summary: 'This description, for people',
    description: 'The OpenAPI document as a page that needs no other host.',
    signedIn: false,
    successes: [{ status: 200, description: 'A page.', mediaTypes: ['text/html'] }],
    refusals: 'problem',
    problems: [],
  },
  {
    id: 'getOpenApi',
    method: 'get',
    path: '/openapi.json',
    summary: 'This description, for programs',
    description: 'The OpenAPI 3.1 document.',
    signedIn: false,
    successes: [
      {
        status: 200,
        description: 'The document.',
        mediaTypes: ['application/json'],
        schema: v.looseObject({ openapi: v.string() }),
      },
    ],
    refusals: 'problem',
    problems: [],
  },
  {
    id: 'getHealth',
    method: 'get',
    path: '/healthz',
    summary: 'Whether the edge answers',
    description: 'For whoever watches over the deployment: says nothing of the service behind it.',
    signedIn: false,
    successes: [{ status: 200, description: '`ok`', mediaTypes: ['text/plain'] }],
    refusals: 'problem',
    problems: [],
  },
  {
    id: 'getReadiness',
    method: 'get',
    path: '/readyz',
    summary: 'Whether the edge and the service behind it can take requests',
    description: 'For whoever watches over the deployment; the reason why not is in the log.',
    signedIn: false,
    successes: [{ status: 200, description: '`ready`', mediaTypes: ['text/plain'] }],
    refusals: 'problem',
    problems: ['misconfigured', 'analytics-unavailable'],
  },
];
