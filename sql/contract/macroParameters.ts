// What the table macros in sql/reports call the parameters of a Run. Those of the file alone, such as its
// format, have no name there.

import type { ParameterName } from './parameters.ts';
import { REPORTS, type ReportName } from './report.ts';

export const MACRO_PARAMETERS = {
  from: 'from_date',
  to: 'to_date',
  timezone: 'timezone',
  grouping: 'bucket',
  weekStart: 'week_start',
  channel: 'channels',
  agent: 'agents',
  guide: 'guides',
  outcome: 'outcomes',
  handoffCategory: 'handoff_categories',
  handoffSubcategory: 'handoff_subcategories',
  customerId: 'customer_ids',
  conversationId: 'conversation_ids',
  sessionId: 'session_ids',
  recontacted: 'recontacted',
  by: 'split_by',
  columns: 'columns',
  messages: 'messages',
  dates: 'dates',
  formulaGuard: 'formula_guard',
} as const satisfies Partial<Record<ParameterName, string>>;

export type MacroParameter = keyof typeof MACRO_PARAMETERS;

export const MACRO_PARAMETER_NAMES = Object.keys(MACRO_PARAMETERS) as MacroParameter[];

/** False where the report takes the parameter but has nothing that it could change: counts show no time. */
export function macroTakes(report: ReportName, parameter: MacroParameter): boolean {
  return parameter !== 'dates' || REPORTS[report].grain === 'session';
}
