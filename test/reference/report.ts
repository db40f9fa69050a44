// An independent reference: every report of SPEC 3 from plain records, with no SQL, quadratic and
// obvious. Written from SPEC alone; shares only the types of sql/contract with what it checks.

import { stringify } from 'csv-stringify/sync';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { guidesTable, handoffReasonsTable, summaryTable } from './countTables.ts';
import type { Lake } from './records.ts';
import { detailTable, recontactsTable } from './sessionTables.ts';
import type { Table } from './table.ts';

export function referenceTable(lake: Lake, run: ResolvedRun): Table {
  switch (run.report) {
    case 'ai-sessions-detail':
    case 'ai-sessions-detail-with-messages':
      return detailTable(lake, run);
    case 'ai-sessions-summary':
      return summaryTable(lake, run);
    case 'ai-handoff-reasons':
      return handoffReasonsTable(lake, run);
    case 'ai-recontacts':
      return recontactsTable(lake, run);
    case 'ai-guides':
      return guidesTable(lake, run);
  }
}

/** The file of SPEC 3.7. */
export function referenceCsv(lake: Lake, run: ResolvedRun): string {
  const { header, rows } = referenceTable(lake, run);
  const { excel } = run.parameters;
  return stringify([[...header], ...rows.map((row) => [...row])], {
    bom: excel,
    record_delimiter: excel ? '\r\n' : '\n',
    // A reader may take `#` for the start of a comment, and a lone CR or LF for the end of a row.
    quoted_match: /[#\r\n]/,
  });
}
