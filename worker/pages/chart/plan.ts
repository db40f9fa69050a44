// What is drawn of each counting report: which columns say what a row is about, which rates it has.

import { REPORTS, type ReportName } from '../../../sql/contract/report.ts';
import { RATES, RECONTACT, RESOLUTION, type Series } from './series.ts';

/** Reports whose rows are counts; there is nothing to draw of a list of sessions. */
export type CountReportName = {
  [Name in ReportName]: (typeof REPORTS)[Name]['grain'] extends 'count' ? Name : never;
}[ReportName];

export function isCountReport(report: ReportName): report is CountReportName {
  return REPORTS[report].grain === 'count';
}

export interface Plan {
  /** Columns that name a row besides its period, the wider one first; a report may lack some of them. */
  readonly names: readonly string[];
  readonly rates: readonly Series[];
  /** A column with each row's part of all, where it has one. */
  readonly share?: string;
  /** Whether rows are put in order by their first rate, the lowest first. */
  readonly isWorstFirst?: boolean;
  /** What its rows count, in the plural. */
  readonly subject: string;
  /** What its chart shows. */
  readonly title: string;
}

export const PLANS: Readonly<Record<CountReportName, Plan>> = {
  'ai-sessions-summary': {
    names: ['Channel', 'Gladly Agent'],
    rates: RATES,
    subject: 'sessions',
    title: 'Resolution, handoff and recontact rates',
  },
  'ai-handoff-reasons': {
    names: ['Handoff Category', 'Handoff Subcategory'],
    rates: [],
    share: 'Share',
    subject: 'handed-off sessions',
    title: 'Handed-off sessions by reason',
  },
  'ai-guides': {
    names: ['Guide'],
    rates: [RESOLUTION, RECONTACT],
    isWorstFirst: true,
    subject: 'sessions with a guide',
    title: 'How guides do',
  },
};
