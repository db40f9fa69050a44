// Brings the sessions of a Gladly account into a lake, day ranges at a time: both reports of a range,
// then an ingest of both. A range that comes back full is halved, because the rest of it is missing.
// A row may come again, never get lost: ingesting is an upsert.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, localDateOf } from '../../../sql/contract/localDate.ts';
import { CommandFailure } from '../../failure.ts';
import { ingest } from '../ingest/ingest.ts';
import type { IngestResult } from '../ingest/request.ts';
import type { LakeLayout } from '../layout.ts';
import type { AroundRemoval } from '../removal.ts';
import { type Account, downloadReport, type MetricSet, type Surroundings } from './download.ts';
import { type Progress, readProgress, writeProgress } from './progress.ts';

export interface PullRequest {
  readonly layout: LakeLayout;
  readonly account: Account;
  /** Days in UTC, both included; without them on from the last pull, to today. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** A report of so many rows is not whole. */
  readonly rowCap: number;
  readonly now: () => Date;
  readonly onRange: (range: PulledRange) => void;
  /** As in an ingest. */
  readonly aroundRemoval: AroundRemoval;
}

export interface PulledRange {
  readonly first: string;
  readonly last: string;
  readonly rows: number;
  readonly result: IngestResult;
  /** The rows that could not be taken, if there were any. */
  readonly rejectsFile: string | undefined;
}

/** Gladly stops there without a word. */
export const GLADLY_ROW_CAP = 100_000;
const FIRST_DAYS = 30;
const MOST_DAYS = 32;
/** Gladly restates what it reported, so the last days are pulled again. */
const RESTATED_DAYS = 3;
/** Gladly's reports are about an hour behind. */
const BEHIND_MS = 2 * 60 * 60 * 1000;

const REPORTS: readonly MetricSet[] = [
  'GladlyAISessionsDetailReport',
  'GladlyAISessionsDetailWithMessagesReport',
];

export async function pull(request: PullRequest, surroundings: Surroundings): Promise<void> {
  const { layout, rowCap, now, onRange } = request;
  const today = localDateOf(now(), 'UTC');
  const to = request.to ?? today;
  const progress = await readProgress(layout);
  const from = request.from ?? progress?.from ?? addDays(today, -FIRST_DAYS);
  const downloads = join(layout.pullDir, 'reports');
  await rm(downloads, { recursive: true, force: true });
  await mkdir(downloads, { recursive: true });
  try {
    let days = MOST_DAYS;
    for (let first = firstDay(progress, from, to); first <= to; ) {
      const last = earlier(addDays(first, days - 1), to);
      const askedAt = now();
      const reports = await download(request.account, first, last, downloads, surroundings);
      const rows = Math.max(...reports.map((report) => report.rows));
      if (rows >= rowCap) {
        if (first === last) throw fullDay(first, rowCap);
        days = Math.ceil(daysBetween(first, last) / 2);
        continue;
      }
      onRange(await take(request, { first, last, rows, reports, askedAt }));
      const settledThrough = earlier(last, addDays(today, -1 - RESTATED_DAYS));
      if (settledThrough >= from) await writeProgress(layout, { from, settledThrough });
      if (rows < rowCap / 4) days = Math.min(days * 2, MOST_DAYS);
      first = addDays(last, 1);
    }
  } finally {
    await rm(downloads, { recursive: true });
  }
}

interface Report {
  readonly file: string;
  readonly rows: number;
}

/** Both reports at once, as many as Gladly allows. */
async function download(
  account: Account,
  startAt: string,
  endAt: string,
  folder: string,
  surroundings: Surroundings,
): Promise<Report[]> {
  const downloading = REPORTS.map(async (metricSet) => {
    const file = join(folder, `${metricSet}.csv`);
    const range = { metricSet, startAt, endAt };
    return { file, rows: await downloadReport(account, range, file, surroundings) };
  });
  const ends = await Promise.allSettled(downloading);
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** On from where the last pull from the same day was, unless that had come to the end. */
function firstDay(progress: Progress | undefined, from: string, to: string): string {
  if (progress?.from !== from || progress.settledThrough >= to) return from;
  return addDays(progress.settledThrough, 1);
}

interface Range {
  readonly first: string;
  readonly last: string;
  readonly rows: number;
  readonly reports: readonly Report[];
  readonly askedAt: Date;
}

async function take(
  { layout, now, aroundRemoval }: PullRequest,
  { first, last, rows, reports, askedAt }: Range,
): Promise<PulledRange> {
  const rejectsFile = join(layout.pullDir, `rejects-${first}-${last}.csv`);
  const result = await ingest({
    kind: 'gladly-csv',
    sources: reports.map(({ file }) => file),
    layout,
    dataThrough: dataThrough(last, askedAt),
    rejectsFile,
    strict: false,
    timezone: 'UTC',
    now: now(),
    aroundRemoval,
  });
  const hasRejects = result.rejected.count > 0;
  if (!hasRejects) await rm(rejectsFile);
  return { first, last, rows, result, rejectsFile: hasRejects ? rejectsFile : undefined };
}

/** Every session before it has been reported. */
function dataThrough(last: string, askedAt: Date): string {
  const end = `${addDays(last, 1)}T00:00:00.000Z`;
  return earlier(end, new Date(askedAt.getTime() - BEHIND_MS).toISOString());
}

function fullDay(day: string, rowCap: number): CommandFailure {
  return new CommandFailure(
    `Cannot pull ${day}: its report has ${rowCap} rows, where Gladly stops, and a day cannot be parted; what was pulled before it is in the lake`,
  );
}

function earlier(one: string, other: string): string {
  return one < other ? one : other;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Both included. */
function daysBetween(first: string, last: string): number {
  return (Date.parse(last) - Date.parse(first)) / DAY_MS + 1;
}
