// The header of a report's own CSV (SPEC 3.1): a file whose columns are not the report's is refused,
// with what is wrong and which download would be right.

import { SourceFailure } from './sourceFailure.ts';

const REQUIRED_COLUMNS = [
  'Session ID',
  'Customer ID',
  'Conversation ID',
  'Channel',
  'Gladly Agent',
  'Guides Used',
  'Created Date',
  'Was Handed Off',
  'Was Resolved',
  'Was Recontacted Resolution - 24 Hours',
  'Was Responded To',
  'Handoff Category',
  'Handoff Subcategory',
  'Handoff Reason',
  'Transfer Rationale',
  'Conversation Link',
];
export const HISTORY_COLUMN = 'Message History';
const GROUPED_COLUMN = /^Created (Week|Month|Quarter|Year)$/;

export function refuseOtherColumns(source: string, header: readonly string[]): void {
  const known = [...REQUIRED_COLUMNS, HISTORY_COLUMN];
  const refuse = (reason: string) => {
    throw new SourceFailure(source, reason);
  };
  const grouped = header.find((name) => GROUPED_COLUMN.test(name));
  if (grouped !== undefined) {
    refuse(`"${grouped}" has lost when a session began; download the report without a grouping`);
  }
  const missing = REQUIRED_COLUMNS.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    refuse(`it lacks ${quoted(missing)}, which a Gladly AI Sessions Detail report has`);
  }
  const unknown = header.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    refuse(`it has ${quoted(unknown)}; download the report with its standard columns`);
  }
  if (new Set(header).size < header.length) refuse('it has a column twice');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}
