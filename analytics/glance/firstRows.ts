// The first rows of a report, as the texts of its CSV: of as few days as have them.

import { REPORTS } from '../../sql/contract/report.ts';
import { reportCall } from '../runs/segmentStatement.ts';
import { exactText, signed } from './exactText.ts';
import type { DaySessions, Files, Look } from './look.ts';
import { matchingSteps } from './matching.ts';

export interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The report of these days alone. */
export function reportOf(look: Look, days: readonly DaySessions[]) {
  return reportCall(look.coverage, {
    firstDay: days[0]?.day ?? look.coverage.firstDay,
    lastDay: days.at(-1)?.day ?? look.coverage.lastDay,
  });
}

async function readRows(
  look: Look,
  files: Files,
  { query, values }: ReturnType<typeof reportCall>,
  limit: number,
): Promise<Rows> {
  const sql = `select ${signed('columns(*)')} from (${query} limit ${limit})`;
  const { columns, rows } = await look.readTable(files, { query: sql, values });
  return { columns, rows: rows.map((row) => row.map(exactText)) };
}

export async function firstRows(look: Look, limit: number): Promise<Rows> {
  const { coverage } = look;
  const whole = reportCall(coverage, undefined);
  if (REPORTS[coverage.run.report].grain === 'count') {
    return readRows(look, look.filesOf(look.days), whole, limit);
  }
  let columns: readonly string[] | undefined;
  const rows: (readonly string[])[] = [];
  for await (const days of matchingSteps(look, limit)) {
    const call = reportOf(look, days);
    const found = await readRows(look, look.filesOf(days), call, limit - rows.length);
    columns = found.columns;
    rows.push(...found.rows);
    if (rows.length === limit) break;
  }
  columns ??= (await readRows(look, look.filesOf([]), whole, 0)).columns;
  return { columns, rows };
}
