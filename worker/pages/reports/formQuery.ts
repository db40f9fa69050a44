// What the form sends, as the parameters of a Run: a form sends every field, filled in or not, and
// those that belong to another report. Whoever sends what the form cannot is told by parseQuery.

import { FORMATS, isCsv } from '../../../sql/contract/format.ts';
import {
  PARAMETER_NAMES,
  type ParameterName,
  type Parsed,
  parseQuery,
  type RunParameters,
  takesParameter,
} from '../../../sql/contract/parameters.ts';
import { isReportName, type ReportName } from '../../../sql/contract/report.ts';
import { givenPairs, type Run } from '../../../sql/contract/run.ts';

/** Fields of the form that are no parameters of a Run. */
export const REPORT_FIELD = 'report';
export const CONSENT_FIELD = 'personalData';
export const ACTION_FIELD = 'as';
/** Which parts of the page are to be filled in without a script. */
export const SHOW_FIELD = 'show';

const FIELDS: ReadonlySet<string> = new Set([
  REPORT_FIELD,
  CONSENT_FIELD,
  ACTION_FIELD,
  SHOW_FIELD,
]);

const DEFAULT_REPORT: ReportName = 'ai-sessions-detail';

/** Ids hold neither spaces nor commas (SPEC 2), so one field takes several. */
export const ID_FILTERS = ['sessionId', 'conversationId', 'customerId'] as const;

const IDS: ReadonlySet<string> = new Set(ID_FILTERS);

const isParameter = (name: string): name is ParameterName =>
  (PARAMETER_NAMES as readonly string[]).includes(name);

export interface FormQuery {
  readonly report: ReportName;
  /** Parameters of the report, as a link has them. */
  readonly query: URLSearchParams;
}

export function readForm(fields: URLSearchParams): FormQuery {
  const named = fields.get(REPORT_FIELD) ?? DEFAULT_REPORT;
  const report = isReportName(named) ? named : DEFAULT_REPORT;
  const query = new URLSearchParams();
  const format = FORMATS.find((each) => each === fields.get('format')) ?? 'csv';
  for (const [name, value] of fields) {
    if (value === '' || FIELDS.has(name)) continue;
    if (isParameter(name) && !takesParameter(report, name)) continue;
    if (name === 'excel' && !isCsv(format)) continue;
    const values = IDS.has(name) ? value.split(/[\s,]+/).filter((id) => id !== '') : [value];
    for (const each of values) query.append(name, each);
  }
  return { report, query };
}

/** What {@link readForm} reads again. */
export function formAddress({ report, query }: FormQuery): string {
  const fields = new URLSearchParams([[REPORT_FIELD, report], ...query]);
  return `/?${fields.toString()}`;
}

export function parseForm({ report, query }: FormQuery): Parsed<RunParameters> {
  return parseQuery(report, query);
}

/** The page that shows a counting report as a chart. */
export function chartAddress({ report, query }: FormQuery): string {
  const parameters = new URLSearchParams(query);
  for (const name of ['format', 'excel', 'formulaGuard']) parameters.delete(name);
  return `/reports/${report}?${parameters.toString()}`;
}

/** The form that asks for a Run again. */
export function formOf(run: Run): FormQuery {
  return { report: run.report, query: new URLSearchParams(givenPairs(run)) };
}
