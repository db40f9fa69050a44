// How many sessions a Run is about, and how large its file will be: counted, and multiplied by what a
// row takes on a day in the middle.

import { stringify } from 'csv-stringify/sync';
import type { FormatName } from '../../sql/contract/format.ts';
import type { Estimate } from '../../sql/contract/glance.ts';
import { REPORTS } from '../../sql/contract/report.ts';
import { blockFiles } from '../runs/plan.ts';
import { recontactedCall, sessionsCall } from '../runs/segmentStatement.ts';
import { type Rows, rowsOf } from './firstRows.ts';
import type { Look } from './look.ts';
import { type DayCount, matchingDays } from './matching.ts';

const SAMPLE_ROWS = 200;

/** Of more sessions the window that finds recontacts takes longer than somebody waits. */
const MAX_WINDOW_SESSIONS = 500_000;

/** Bytes of a file for each byte of CSV: README.md says how they were measured. */
const BYTES_PER_CSV_BYTE: Record<FormatName, number> = {
  csv: 1,
  'csv.gz': 0.31,
  'csv.zst': 0.29,
  jsonl: 2.3,
  parquet: 0.28,
  arrow: 0.75,
};

const sum = (days: readonly DayCount[]) => days.reduce((all, { sessions }) => all + sessions, 0);

/** The day that holds the session in the middle. */
function middleDay(days: readonly DayCount[]): string | undefined {
  let left = sum(days) / 2;
  return days.find(({ sessions }) => (left -= sessions) <= 0)?.day;
}

function allFiles({ coverage }: Look) {
  return { ...blockFiles(coverage, coverage), transcriptFiles: [] };
}

/** Which of the sessions are resolved, a limit to those that were recontacted or not. */
async function resolvedSessions(look: Look): Promise<number> {
  const { query, values } = sessionsCall(look.coverage.run);
  const sql = `select count(*) from (${query}) as s where s.was_resolved`;
  const [[resolved] = []] = await look.read(allFiles(look), { query: sql, values });
  return Number(resolved);
}

async function recontactedSessions(look: Look): Promise<number> {
  const { query, values } = recontactedCall(look.coverage);
  const isAboutThose = look.coverage.run.report === 'ai-recontacts';
  const those = isAboutThose ? `where s.recontact_status = 'recontacted'` : '';
  const sql = `select count(*) from (${query}) as s ${those}`;
  const [[found] = []] = await look.read(allFiles(look), { query: sql, values });
  return Number(found);
}

/** Of the day in the middle; of all, where the report has nothing of that day. */
async function sampleRows(look: Look, days: readonly DayCount[]): Promise<Rows['rows']> {
  const day = middleDay(days);
  if (day === undefined) return [];
  const { rows } = await rowsOf(look, { firstDay: day, lastDay: day }, SAMPLE_ROWS);
  return rows.length > 0 ? rows : (await rowsOf(look, look.coverage, SAMPLE_ROWS)).rows;
}

async function bytesPerRow(look: Look, days: readonly DayCount[]): Promise<number> {
  const { format } = look.coverage.run.parameters;
  const rows = await sampleRows(look, days);
  if (rows.length === 0) return 0;
  return (
    (Buffer.byteLength(stringify(rows.map((row) => [...row]))) / rows.length) *
    BYTES_PER_CSV_BYTE[format]
  );
}

export async function estimate(
  look: Look,
  maxWindowSessions = MAX_WINDOW_SESSIONS,
): Promise<Estimate> {
  const { coverage } = look;
  const { report, parameters } = coverage.run;
  const days = await matchingDays(look);
  const all = sum(days);
  const asksForRecontacts = parameters.recontacted !== undefined || report === 'ai-recontacts';
  const isAtMost = asksForRecontacts && all > maxWindowSessions;
  const countRecontacts = isAtMost ? resolvedSessions : recontactedSessions;
  const sessions = asksForRecontacts ? await countRecontacts(look) : all;
  if (REPORTS[report].grain === 'count') return { sessions, isAtMost, bytes: null };
  const bytes = sessions === 0 ? 0 : Math.round(sessions * (await bytesPerRow(look, days)));
  return { sessions, isAtMost, bytes };
}
