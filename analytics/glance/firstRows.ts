// The first rows of a report, as the texts of its CSV: of as few days as have them.

import { REPORTS } from '../../sql/contract/report.ts';
import { blockFiles } from '../runs/plan.ts';
import { reportCall } from '../runs/segmentStatement.ts';
import type { Look } from './look.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

interface DayRange {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** At most so many of the days' rows, in the order of the report. */
export async function rowsOf(look: Look, block: DayRange, limit: number): Promise<Rows> {
  const { coverage } = look;
  const { grain } = REPORTS[coverage.run.report];
  const part = grain === 'count' ? undefined : { ...block, rows: limit };
  const { query, values } = reportCall(coverage, part);
  const { columns, rows } = await look.readTable(blockFiles(coverage, block), {
    query: `select columns(*)::varchar from (${query} limit ${limit})`,
    values,
  });
  return {
    columns,
    rows: rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : ''))),
  };
}

/** The first rows of the days, which may be a report's whole range or a few of it. */
export async function firstRows(look: Look, days: readonly string[], limit: number): Promise<Rows> {
  const { firstDay, lastDay, run } = look.coverage;
  if (REPORTS[run.report].grain === 'count') return rowsOf(look, { firstDay, lastDay }, limit);
  let columns: readonly string[] | undefined;
  const rows: (readonly string[])[] = [];
  for (const day of days) {
    const found = await rowsOf(look, { firstDay: day, lastDay: day }, limit - rows.length);
    columns = found.columns;
    rows.push(...found.rows);
    if (rows.length >= limit) break;
  }
  columns ??= (await rowsOf(look, { firstDay, lastDay }, 0)).columns;
  return { columns, rows };
}
