// The parameters of a Run as parameters of a query, each with what people are told about it.

import {
  PARAMETER_NAMES,
  type ParameterName,
  Parameters,
  REPEATABLE,
  takesParameter,
} from '../../sql/contract/parameters.ts';
import { REPORT_NAMES } from '../../sql/contract/report.ts';
import type { Parameter } from './operation.ts';

const DESCRIPTIONS: Readonly<Record<ParameterName, string>> = {
  from: 'First local date of the range, included. By default 30 full days are reported.',
  to: 'Last local date of the range, included. By default yesterday.',
  timezone: 'IANA time zone of the dates. By default the organisation’s.',
  grouping: 'How the Created Date is shown. By default with its time; by month in the summary.',
  weekStart: 'The first day of a week. By default the organisation’s.',
  channel: 'Only sessions of these channels, like `CHAT`.',
  agent: 'Only sessions of these Gladly Agents.',
  guide: 'Only sessions that used one of these guides.',
  outcome: 'Only sessions that came out so.',
  handoffCategory: 'Only sessions with these handoff categories.',
  handoffSubcategory: 'Only sessions with these handoff subcategories.',
  customerId: 'Only sessions of these customers.',
  conversationId: 'Only sessions of these conversations.',
  sessionId: 'Only these sessions.',
  recontacted:
    'Only resolved sessions whose customer did come back within 24 hours, did not, or still may.',
  by: 'Counts for each channel or each Gladly Agent.',
  columns: 'With `extended`, six more columns, from Outcome to Updated At.',
  messages: 'The Message History as text, or as a JSON array.',
  dates: 'Dates in local form, or in ISO 8601 with the offset.',
  format: 'The format of the file.',
  excel: 'For Excel: a byte order mark, and CRLF for line ends.',
  formulaGuard: 'Puts a quote before text that a spreadsheet would run as a formula.',
};

function belongsTo(name: ParameterName): string {
  const reports = REPORT_NAMES.filter((report) => takesParameter(report, name));
  return reports.length === REPORT_NAMES.length ? '' : ` Only of ${reports.join(' and ')}.`;
}

/** But for the format, which the address names. */
export const RUN_PARAMETERS: readonly Parameter[] = PARAMETER_NAMES.filter(
  (name) => name !== 'format',
).map((name) => ({
  name,
  in: 'query',
  description: `${DESCRIPTIONS[name]}${belongsTo(name)}${REPEATABLE.has(name) ? ' May be repeated.' : ''}`,
  schema: Parameters.entries[name],
}));
