// One report of a range of days from a Gladly account into a file: `POST /api/v1/reports` (SPEC 4),
// asked again until the answer is whole. Never shows what an answer holds, nor the token.

import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { CommandFailure } from '../../failure.ts';
import { readHeader } from '../ingest/csvRows.ts';
import { csvShape } from '../ingest/csvShape.ts';
import type { Clock, Pace } from './pace.ts';

export type MetricSet = 'GladlyAISessionsDetailReport' | 'GladlyAISessionsDetailWithMessagesReport';

export interface ReportRange {
  readonly metricSet: MetricSet;
  /** Days in UTC, both included. */
  readonly startAt: string;
  readonly endAt: string;
}

export interface Account {
  readonly url: URL;
  readonly user: string;
  readonly token: string;
}

export interface Surroundings {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly signal: AbortSignal;
}

/** As long as Gladly's own clients wait. */
const TIMEOUT_MS = 300_000;
const MAX_ATTEMPTS = 8;
const FIRST_WAIT_MS = 6_000;
const LONGEST_WAIT_MS = 120_000;
const SECOND_MS = 1000;

/** What an answer is: rows in the file, or why to ask again. */
type Answer =
  | { readonly kind: 'whole'; readonly rows: number }
  /** It may be all there is, or cut off: believed when the same comes again. */
  | { readonly kind: 'doubtful'; readonly rows: number; readonly digest: string; reason: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly waitMs?: number };

/** The number of rows without the header; none where the range has no session. */
export async function downloadReport(
  account: Account,
  range: ReportRange,
  file: string,
  surroundings: Surroundings,
): Promise<number> {
  const { clock, pace, signal } = surroundings;
  let doubted: string | undefined;
  let reason = '';
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const answer = await pace.take(() => ask(account, range, file, surroundings));
    signal.throwIfAborted();
    if (answer.kind === 'whole') return answer.rows;
    if (answer.kind === 'doubtful' && answer.digest === doubted) return answer.rows;
    doubted = answer.kind === 'doubtful' ? answer.digest : undefined;
    reason = answer.reason;
    const patience = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
    const waitMs = answer.kind === 'failed' ? (answer.waitMs ?? patience) : 0;
    if (waitMs > 0) await clock.sleep(waitMs);
  }
  throw new CommandFailure(
    `Cannot pull ${range.metricSet} of ${range.startAt} to ${range.endAt}: asked ${MAX_ATTEMPTS} times, and the last time ${reason}; try again later, it goes on where it was`,
  );
}

async function ask(
  account: Account,
  range: ReportRange,
  file: string,
  { fetch, signal }: Surroundings,
): Promise<Answer> {
  signal.throwIfAborted();
  let response: Response;
  try {
    response = await fetch(new URL('/api/v1/reports', account.url), {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${account.user}:${account.token}`).toString('base64')}`,
        'content-type': 'application/json',
        accept: 'text/csv, application/json',
      },
      body: JSON.stringify({ ...range, timezone: 'UTC', filters: {} }),
      redirect: 'error', // a redirected POST loses its body
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.ok && response.body !== null) {
      await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
      return await judge(file);
    }
  } catch (error) {
    return { kind: 'failed', reason: `the connection failed: ${reasonOf(error)}` };
  }
  if (response.status === 429 || response.status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const reason = `it answered ${response.status}`;
    return seconds > 0
      ? { kind: 'failed', reason, waitMs: seconds * SECOND_MS }
      : { kind: 'failed', reason };
  }
  throw refusal(account, range, response.status, await response.text());
}

/** What came, by its shape: an error text may come with status 200, an empty range without a header. */
async function judge(file: string): Promise<Answer> {
  const header = await readHeader(file);
  if (header.length > 0 && !header.includes('Session ID')) {
    return { kind: 'failed', reason: 'it answered something else than a report' };
  }
  const { records, endsInsideQuotes, endsWithNewline } = await csvShape(file);
  if (endsInsideQuotes) return { kind: 'failed', reason: 'the report was cut off' };
  const rows = Math.max(records - 1, 0);
  if (header.length > 0 && endsWithNewline) return { kind: 'whole', rows };
  const digest = createHash('sha256');
  for await (const bytes of createReadStream(file)) digest.update(bytes as Buffer);
  const reason = header.length === 0 ? 'the answer was empty' : 'the report was cut off';
  return { kind: 'doubtful', rows, digest: digest.digest('hex'), reason };
}

/** The class of a failure: its message may name what was sent. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error;
  return (
    (cause as NodeJS.ErrnoException | undefined)?.code ??
    (error as NodeJS.ErrnoException).code ??
    name
  );
}

const Errors = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    errors: v.array(v.object({ attr: v.optional(v.string()), code: v.optional(v.string()) })),
  }),
);

const REFUSALS: Readonly<Record<number, string>> = {
  401: 'the user or the token in GLADLY_API_TOKEN is wrong',
  403: 'the user may not run this report',
  404: 'there is no such report at this address',
};

function refusal(
  { url }: Account,
  range: ReportRange,
  status: number,
  body: string,
): CommandFailure {
  const parsed = v.safeParse(Errors, body);
  const faults = parsed.success
    ? parsed.output.errors
        .map(({ attr, code }) => [attr, code].filter(Boolean).join(' '))
        .join(', ')
    : '';
  const reason = REFUSALS[status] ?? `it does not take the request${faults && `: ${faults}`}`;
  return new CommandFailure(
    `Cannot pull ${range.metricSet} from ${url.origin}: ${reason} (status ${status})`,
  );
}
