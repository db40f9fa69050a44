// The analytics service as the worker sees it: each request is one fetch with an assertion that is
// good for exactly that request. Bodies of reports are handed on, but for the rows that a page shows.

import * as v from 'valibot';
import { type Client, requestHash } from '../sql/contract/assertion.ts';
import { AUDIT_PATH, type AuditQuery, REFUSALS_PATH, type Refusal } from '../sql/contract/audit.ts';
import { MEDIA_TYPES } from '../sql/contract/format.ts';
import { Choices, Estimate, GLANCE_PATHS, Preview } from '../sql/contract/glance.ts';
import { OrganisationProfile } from '../sql/contract/organisationProfile.ts';
import { problemResponse } from '../sql/contract/problem.ts';
import type { Caller } from '../sql/contract/roles.ts';
import type { Run } from '../sql/contract/run.ts';
import { RUNS_PATH, RunStatus, runLinks } from '../sql/contract/runStatus.ts';
import { signAssertion } from './assertion.ts';
import type { Fetch } from './fetch.ts';
import { mediaTypeOf } from './mediaType.ts';
import { passThrough } from './passThrough.ts';
import { type Rows, readRows } from './reportRows.ts';
import type { Settings } from './settings.ts';

/** On whose behalf the service is asked. */
export interface Asking {
  readonly settings: Settings;
  readonly caller: Caller;
  readonly client: Client;
  readonly requestId: string;
  /** What the caller has of a file already, and how it takes the rest. */
  readonly conditions: Readonly<Record<string, string>>;
  /** Aborts when the caller goes away, so that the service can stop working. */
  readonly signal: AbortSignal;
}

type Method = 'GET' | 'HEAD' | 'POST' | 'DELETE';

interface Question {
  readonly method: Method;
  readonly path: string;
  /** JSON, or nothing. */
  readonly body: string;
  /** Of the only answers that are ones, besides a problem. */
  readonly statuses: readonly number[];
  /** Of a body, where there is one. */
  readonly mediaTypes: readonly string[];
  /** Whether the caller's conditions go with it. */
  readonly isConditional?: boolean;
}

const FILE_TYPES = Object.values(MEDIA_TYPES).map((type) => type.split(';')[0] ?? type);

/** A file, a part of it, or nothing because the caller has it. */
const FILE = { statuses: [200, 206, 304], mediaTypes: FILE_TYPES, isConditional: true };

/** A Run that is over, or works. */
const BEGUN = [201, 202];

const RunList = v.object({ runs: v.array(RunStatus) });

const JSON_DOCUMENT = { mediaTypes: ['application/json'] };

const withRun = (path: string, run: Run) =>
  ({ method: 'POST', path, body: JSON.stringify(run) }) as const;

/** The caller waits so long for an audit that does not answer, and is refused then. */
const TELLING_TIMEOUT_MS = 5_000;

/** What was asked for, or the response that tells the caller why not. */
type Answer =
  | { readonly ok: true; readonly upstream: Response }
  | { readonly ok: false; readonly refusal: Response };

export interface Analytics {
  /** The Run's file while it is being computed, or a problem. */
  download(run: Run, asking: Asking): Promise<Response>;
  /** Its rows, for a page to show; or a problem. The Run's format must be JSON Lines. */
  rows(run: Run, asking: Asking): Promise<Rows | Response>;
  /** The same within the limits of Gladly's API, which the service counts. */
  downloadThroughApi(run: Run, asking: Asking): Promise<Response>;
  /** The Run as a resource, begun; or a problem. */
  beginRun(run: Run, asking: Asking): Promise<Response>;
  /** What the service says of its Runs, or does to one; or a problem. */
  aboutRuns(method: 'GET' | 'HEAD' | 'DELETE', path: string, asking: Asking): Promise<Response>;
  /** A Run's file, as much as there is of it, or a problem. */
  runFile(method: 'GET' | 'HEAD', path: string, asking: Asking): Promise<Response>;
  /** The audit of the caller's organisation, or a problem. */
  audit(query: AuditQuery, asking: Asking): Promise<Response>;
  /** Tells of what has been refused without asking; whether that worked is for the log alone. */
  tellRefusal(refusal: Refusal, asking: Asking): Promise<void>;
  /** Whether the service has been asked anything, and so knows of the request. */
  knows(asking: Asking): boolean;
  /** The caller's organisation, or a problem. */
  organisation(asking: Asking): Promise<OrganisationProfile | Response>;
  /** The Run, begun, to be looked at here; or a problem. */
  startRun(run: Run, asking: Asking): Promise<RunStatus | Response>;
  runStatus(id: string, asking: Asking): Promise<RunStatus | Response>;
  /** The caller's own Runs, the latest first, or a problem. */
  recentRuns(asking: Asking): Promise<readonly RunStatus[] | Response>;
  /** What can be told of a Run before it is run, or a problem. */
  choices(run: Run, asking: Asking): Promise<Choices | Response>;
  estimate(run: Run, asking: Asking): Promise<Estimate | Response>;
  preview(run: Run, asking: Asking): Promise<Preview | Response>;
}

export function createAnalytics(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}): Analytics {
  const { fetch, now, log } = dependencies;
  const asked = new WeakSet<Asking>();

  function unavailable({ requestId }: Asking, reason: string): Response {
    log(`${requestId}: Cannot use the analytics service: ${reason}`);
    return problemResponse({ kind: 'analytics-unavailable' });
  }

  async function signed(question: Question, asking: Asking): Promise<RequestInit> {
    const { method, path, body, isConditional = false } = question;
    const { settings, caller, client, requestId, signal } = asking;
    const request = await requestHash(method, path, body);
    const assertion = await signAssertion({ caller, client, request }, settings.signingKey, now());
    const headers = {
      Authorization: `Bearer ${assertion}`,
      // workerd asks for br and gzip by itself, and would then have to decompress.
      'Accept-Encoding': 'identity',
      ...(isConditional ? asking.conditions : {}),
      'X-Request-Id': requestId,
    };
    const init = { method, headers, redirect: 'manual', signal } as const;
    return body === ''
      ? init
      : { ...init, body, headers: { ...headers, 'Content-Type': 'application/json' } };
  }

  async function ask(question: Question, asking: Asking): Promise<Answer> {
    asked.add(asking);
    const init = await signed(question, asking);
    let upstream: Response;
    try {
      upstream = await fetch(asking.settings.analyticsUrl + question.path, init);
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      return { ok: false, refusal: unavailable(asking, `no response (${kind})`) };
    }
    const received = mediaTypeOf(upstream);
    const { Range, 'If-None-Match': known } = asking.conditions;
    const unasked = [...(Range === undefined ? [206] : []), ...(known === undefined ? [304] : [])];
    const isExpected =
      question.statuses.includes(upstream.status) && !unasked.includes(upstream.status);
    const isBodiless = upstream.status === 204 || upstream.status === 304;
    if (isExpected && (isBodiless || question.mediaTypes.includes(received ?? ''))) {
      return { ok: true, upstream };
    }
    if (upstream.status === 401) {
      await upstream.body?.cancel();
      log(
        `${asking.requestId}: The analytics service refused the worker's assertion: compare the keys`,
      );
      return { ok: false, refusal: problemResponse({ kind: 'misconfigured' }) };
    }
    if (upstream.status >= 400 && received === 'application/problem+json') {
      return { ok: false, refusal: passThrough(upstream) };
    }
    await upstream.body?.cancel();
    return { ok: false, refusal: unavailable(asking, `unexpected status ${upstream.status}`) };
  }

  async function relay(question: Question, asking: Asking): Promise<Response> {
    const answer = await ask(question, asking);
    return answer.ok ? passThrough(answer.upstream) : answer.refusal;
  }

  /** A document that the worker reads itself. */
  async function look<Output>(
    question: Pick<Question, 'method' | 'path'> & Partial<Question>,
    schema: v.GenericSchema<unknown, Output>,
    asking: Asking,
  ): Promise<Output | Response> {
    const answer = await ask({ body: '', statuses: [200], ...JSON_DOCUMENT, ...question }, asking);
    if (!answer.ok) return answer.refusal;
    const json: unknown = await answer.upstream.json().catch(() => undefined);
    const parsed = v.safeParse(schema, json);
    return parsed.success
      ? parsed.output
      : unavailable(asking, `unexpected answer of ${question.path}`);
  }

  return {
    download: (run, asking) => relay({ ...withRun('/download', run), ...FILE }, asking),

    async rows(run, asking) {
      const mediaTypes = ['application/jsonl'];
      const question = { ...withRun('/download', run), statuses: [200], mediaTypes };
      const answer = await ask(question, asking);
      if (!answer.ok) return answer.refusal;
      const rows = answer.upstream.body && (await readRows(answer.upstream.body));
      return rows ?? unavailable(asking, 'the rows of a report broke off');
    },

    downloadThroughApi(run, asking) {
      const question = { ...withRun('/api-download', run), statuses: [200] };
      return relay({ ...question, mediaTypes: ['text/csv'] }, asking);
    },

    beginRun: (run, asking) =>
      relay({ ...withRun(RUNS_PATH, run), ...JSON_DOCUMENT, statuses: BEGUN }, asking),

    aboutRuns: (method, path, asking) =>
      relay({ method, path, body: '', ...JSON_DOCUMENT, statuses: [200, 204] }, asking),

    runFile: (method, path, asking) => relay({ method, path, body: '', ...FILE }, asking),

    audit(query, asking) {
      const search = new URLSearchParams(query).toString();
      const path = search === '' ? AUDIT_PATH : `${AUDIT_PATH}?${search}`;
      const question = { method: 'GET', path, body: '' } as const;
      return relay({ ...question, statuses: [200], mediaTypes: FILE_TYPES }, asking);
    },

    async tellRefusal(refusal, asking) {
      const question = {
        method: 'POST',
        path: REFUSALS_PATH,
        body: JSON.stringify(refusal),
      } as const;
      // A caller who goes away at once is told of all the same; one who stays does not wait for ever.
      const patient = { ...asking, signal: AbortSignal.timeout(TELLING_TIMEOUT_MS) };
      const answer = await ask({ ...question, statuses: [204], mediaTypes: [] }, patient);
      if (answer.ok) return;
      log(`${asking.requestId}: Cannot tell of a refusal: status ${answer.refusal.status}`);
      await answer.refusal.body?.cancel();
    },

    knows: (asking) => asked.has(asking),

    organisation: (asking) =>
      look({ method: 'GET', path: '/organisation' }, OrganisationProfile, asking),

    startRun: (run, asking) =>
      look({ ...withRun(RUNS_PATH, run), statuses: BEGUN }, RunStatus, asking),

    runStatus: (id, asking) => look({ method: 'GET', path: runLinks(id).self }, RunStatus, asking),

    async recentRuns(asking) {
      const answer = await look({ method: 'GET', path: RUNS_PATH }, RunList, asking);
      return answer instanceof Response ? answer : answer.runs;
    },

    choices: (run, asking) => look(withRun(GLANCE_PATHS.choices, run), Choices, asking),

    estimate: (run, asking) => look(withRun(GLANCE_PATHS.estimate, run), Estimate, asking),

    preview: (run, asking) => look(withRun(GLANCE_PATHS.preview, run), Preview, asking),
  };
}
