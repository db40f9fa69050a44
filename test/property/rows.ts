// Rows of reports as a person finds them in the file, by their headers, and what counting them gives.

import { parse } from 'csv-parse/sync';
import type { ReportName } from '../../sql/contract/report.ts';
import { fourDecimals } from '../reference/ratio.ts';
import type { SetLake } from './lakes.ts';
import { type Parameters, runOf } from './runOf.ts';
import type { Way } from './way.ts';

export type Row = Readonly<Record<string, string>>;

/** The rows of a report. The formula guard is off, so that texts are what they were. */
export async function rowsOf(
  way: Way,
  lake: SetLake,
  report: ReportName,
  parameters: Parameters,
): Promise<Row[]> {
  const run = runOf(lake, report, { ...parameters, excel: false, formulaGuard: false });
  return parse(await way.csv(run), { columns: true, record_delimiter: '\n' });
}

/** A row's period, under its header; nothing when the request does not group. */
export function periodOf(row: Row, { grouping = 'none' }: Parameters): Row {
  const created = Object.entries(row).filter(([header]) => header.startsWith('Created '));
  return grouping === 'none' ? {} : Object.fromEntries(created);
}

/** The rows of each key; a row may have several. */
export function grouped(
  rows: readonly Row[],
  keysOf: (row: Row) => readonly Row[],
): readonly (readonly [key: Row, rows: readonly Row[]])[] {
  const keyed = rows.flatMap((row) => keysOf(row).map((key) => ({ key, row })));
  const groups = Map.groupBy(keyed, ({ key }) => JSON.stringify(key));
  return [...groups.values()].map((group) => [group[0]?.key ?? {}, group.map(({ row }) => row)]);
}

function count(rows: readonly Row[], header: string, cell: string): number {
  return rows.filter((row) => row[header] === cell).length;
}

/** Empty of nothing. */
export function rate(part: number, ...whole: readonly number[]): string {
  const sum = whole.reduce((a, b) => a + b, 0);
  return sum === 0 ? '' : fourDecimals(BigInt(part), BigInt(sum));
}

/** What the rows of the extended detail report count to, by the headers of the counting reports. */
export function counts(rows: readonly Row[]): Row {
  const outcome = (name: string) => count(rows, 'Outcome', name);
  const status = (name: string) => count(rows, 'Recontact Status', name);
  const concluded = [outcome('resolved'), outcome('handed_off'), outcome('unresolved')];
  const known = [status('recontacted'), status('not_recontacted')];
  return {
    Sessions: String(rows.length),
    'Responded To': String(count(rows, 'Was Responded To', 'true')),
    Resolved: String(outcome('resolved')),
    'Handed Off': String(outcome('handed_off')),
    'No Response': String(outcome('no_response')),
    Unresolved: String(outcome('unresolved')),
    'In Progress': String(outcome('in_progress')),
    'Resolution Rate': rate(outcome('resolved'), ...concluded),
    'Handoff Rate': rate(outcome('handed_off'), ...concluded),
    Recontacted: String(status('recontacted')),
    'Not Recontacted': String(status('not_recontacted')),
    'Recontact Pending': String(status('pending')),
    'Recontact Rate': rate(status('recontacted'), ...known),
  };
}
