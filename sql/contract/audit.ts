// The audit as a report (SPEC 5): who may read it, what it can be asked for, and what the edge tells of
// refusals of its own.

import * as v from 'valibot';
import { LocalDate } from './localDate.ts';
import type { Parsed } from './parameters.ts';
import type { Fault } from './problem.ts';
import { REPORT_NAMES } from './report.ts';

/** Roles that may read it. */
export const AUDIT_ROLES = ['administrator'] as const;

/** Where the service answers with the report. */
export const AUDIT_PATH = '/audit';

/** Where the service takes what the edge has refused to a caller. */
export const REFUSALS_PATH = '/refusals';

export const Refusal = v.object({
  status: v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)),
  /** The problem's kind, where there is one. */
  problem: v.exactOptional(v.pipe(v.string(), v.regex(/^[a-z-]{1,50}$/))),
  report: v.exactOptional(v.picklist(REPORT_NAMES)),
});

export type Refusal = v.InferOutput<typeof Refusal>;

/** Dates are UTC, as the times in the report are; both are included. */
const AuditQuery = v.object({
  from: v.exactOptional(LocalDate),
  to: v.exactOptional(LocalDate),
  subject: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(320))),
});

export type AuditQuery = v.InferOutput<typeof AuditQuery>;

const NAMES = Object.keys(AuditQuery.entries);

/** Names every fault at once. */
export function parseAuditQuery(query: URLSearchParams): Parsed<AuditQuery> {
  const faults: Fault[] = [...new Set(query.keys())].flatMap((parameter) => {
    if (!NAMES.includes(parameter)) {
      const detail = `is not a parameter of the audit: its parameters are ${NAMES.join(', ')}`;
      return [{ parameter, detail }];
    }
    const isRepeated = query.getAll(parameter).length > 1;
    return isRepeated ? [{ parameter, detail: 'must be given only once' }] : [];
  });
  const result = v.safeParse(AuditQuery, Object.fromEntries(query), { abortPipeEarly: true });
  for (const issue of result.issues ?? []) {
    faults.push({ parameter: v.getDotPath(issue) ?? 'parameters', detail: issue.message });
  }
  if (!result.success || faults.length > 0) return { ok: false, faults };
  const { from, to } = result.output;
  if (from !== undefined && to !== undefined && from > to) {
    const detail = `must not be after to: ${from} is after ${to}`;
    return { ok: false, faults: [{ parameter: 'from', detail }] };
  }
  return { ok: true, value: result.output };
}
