// The analytics service as the worker sees it: each request is one fetch with an assertion that is
// good for exactly that request. Bodies of reports are handed on; no report is known here.

import * as v from 'valibot';
import { requestHash } from '../sql/contract/assertion.ts';
import { OrganisationProfile } from '../sql/contract/organisationProfile.ts';
import { problemResponse } from '../sql/contract/problem.ts';
import type { Caller } from '../sql/contract/roles.ts';
import type { Run } from '../sql/contract/run.ts';
import { signAssertion } from './assertion.ts';
import type { Fetch } from './fetch.ts';
import { mediaTypeOf } from './mediaType.ts';
import { passThrough } from './passThrough.ts';
import type { Settings } from './settings.ts';

/** On whose behalf the service is asked. */
export interface Asking {
  readonly settings: Settings;
  readonly caller: Caller;
  readonly requestId: string;
  /** Aborts when the caller goes away, so that the service can stop working. */
  readonly signal: AbortSignal;
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON, or nothing. */
  readonly body: string;
  /** Of the only answer that is one, besides a problem. */
  readonly mediaType: string;
}

/** What was asked for, or the response that tells the caller why not. */
type Answer =
  | { readonly ok: true; readonly upstream: Response }
  | { readonly ok: false; readonly refusal: Response };

export interface Analytics {
  /** The Run's file while it is being computed, or a problem. */
  download(run: Run, asking: Asking): Promise<Response>;
  /** The same within the limits of Gladly's API, which the service counts. */
  downloadThroughApi(run: Run, asking: Asking): Promise<Response>;
  /** The caller's organisation, or a problem. */
  organisation(asking: Asking): Promise<OrganisationProfile | Response>;
}

export function createAnalytics(dependencies: {
  readonly fetch: Fetch;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}): Analytics {
  const { fetch, now, log } = dependencies;

  function unavailable({ requestId }: Asking, reason: string): Response {
    log(`${requestId}: Cannot use the analytics service: ${reason}`);
    return problemResponse({ kind: 'analytics-unavailable' });
  }

  async function signed(question: Question, asking: Asking): Promise<RequestInit> {
    const { method, path, body } = question;
    const { settings, caller, requestId, signal } = asking;
    const request = await requestHash(method, path, body);
    const assertion = await signAssertion({ caller, request }, settings.signingKey, now());
    const headers = {
      Authorization: `Bearer ${assertion}`,
      // workerd asks for br and gzip by itself, and would then have to decompress.
      'Accept-Encoding': 'identity',
      'X-Request-Id': requestId,
    };
    const init = { method, headers, redirect: 'manual', signal } as const;
    return body === ''
      ? init
      : { ...init, body, headers: { ...headers, 'Content-Type': 'application/json' } };
  }

  async function ask(question: Question, asking: Asking): Promise<Answer> {
    const init = await signed(question, asking);
    let upstream: Response;
    try {
      upstream = await fetch(asking.settings.analyticsUrl + question.path, init);
    } catch (error) {
      const kind = error instanceof Error ? error.name : typeof error;
      return { ok: false, refusal: unavailable(asking, `no response (${kind})`) };
    }
    const received = mediaTypeOf(upstream);
    if (upstream.status === 200 && received === question.mediaType) return { ok: true, upstream };
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

  async function download(path: string, run: Run, asking: Asking): Promise<Response> {
    const question = { method: 'POST', path, mediaType: 'text/csv' } as const;
    const answer = await ask({ ...question, body: JSON.stringify(run) }, asking);
    return answer.ok ? passThrough(answer.upstream) : answer.refusal;
  }

  return {
    download: (run, asking) => download('/download', run, asking),

    downloadThroughApi: (run, asking) => download('/api-download', run, asking),

    async organisation(asking) {
      const question = {
        method: 'GET',
        path: '/organisation',
        mediaType: 'application/json',
      } as const;
      const answer = await ask({ ...question, body: '' }, asking);
      if (!answer.ok) return answer.refusal;
      const json: unknown = await answer.upstream.json().catch(() => undefined);
      const parsed = v.safeParse(OrganisationProfile, json);
      return parsed.success ? parsed.output : unavailable(asking, 'unexpected organisation');
    },
  };
}
