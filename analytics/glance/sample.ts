// How many bytes a row of a Run's file takes, by some of its rows from the middle of the range. They are
// measured where they are: a row may hold megabytes.

import type { FormatName } from '../../sql/contract/format.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { reportOf } from './firstRows.ts';
import { growing } from './growing.ts';
import type { DaySessions, Look } from './look.ts';

const SAMPLE_ROWS = 200;

/** So few are of some use, where a report shows few of the sessions. */
const FEWEST_ROWS = 20;

/** What is so rare is guessed from less. */
const MOST_STEPS = 4;

/** Bytes of a file for each byte of CSV: README.md says how they were measured. */
const BYTES_PER_CSV_BYTE: Record<Exclude<FormatName, 'jsonl'>, number> = {
  csv: 1,
  'csv.gz': 0.31,
  'csv.zst': 0.29,
  parquet: 0.28,
  arrow: 0.75,
};

/** Days from the one on that holds the session in the middle, then those before it, backwards. */
function fromTheMiddle(days: readonly DaySessions[]): DaySessions[] {
  let left = days.reduce((all, { sessions }) => all + sessions, 0) / 2;
  const middle = days.findIndex(({ sessions }) => (left -= sessions) <= 0);
  return [...days.slice(middle), ...days.slice(0, middle).toReversed()];
}

function asCsv({ report, parameters }: ResolvedRun): ResolvedRun {
  return { report, parameters: { ...parameters, format: 'csv' } };
}

/** 0 where there are no rows. */
export async function bytesPerRow(look: Look, days: readonly DaySessions[]): Promise<number> {
  const { format } = look.coverage.run.parameters;
  const csv = { ...look, coverage: { ...look.coverage, run: asCsv(look.coverage.run) } };
  const separated = 'strlen(concat(*columns(*))) + len(json_keys(to_json(r)))';
  const size = format === 'jsonl' ? "strlen(to_json(r)::varchar) + strlen('\n')" : separated;
  let rows = 0;
  let bytes = 0;
  for (const part of growing(SAMPLE_ROWS)(fromTheMiddle(days)).take(MOST_STEPS)) {
    const inOrder = part.toSorted((one, other) => (one.day < other.day ? -1 : 1));
    const { query, values } = reportOf(csv, inOrder);
    const sql = `select count(*), sum(${size}) from (${query} limit ${SAMPLE_ROWS}) as r`;
    const [[count, sum] = []] = await look.read(look.filesOf(part), { query: sql, values });
    rows += Number(count);
    bytes += Number(sum);
    if (rows >= FEWEST_ROWS) break;
  }
  if (rows === 0) return 0;
  return (bytes / rows) * (format === 'jsonl' ? 1 : BYTES_PER_CSV_BYTE[format]);
}
