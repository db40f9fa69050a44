// An audit file as one row an event: the lines of its beginning and its end put together. Holds no more
// than what has begun and not ended.

import * as v from 'valibot';
import type { AuditQuery } from '../../sql/contract/audit.ts';
import type { Audit } from './audit.ts';
import { type AuditEvent, type AuditOutcome, Line } from './event.ts';
import { readLines } from './lines.ts';
import { trailFiles } from './trail.ts';

export type AuditRow = AuditEvent &
  Omit<AuditOutcome, 'end'> & {
    readonly id: string;
    readonly time: string;
    readonly finished?: string;
    readonly end: AuditOutcome['end'] | 'running' | 'interrupted';
  };

const LineText = v.pipe(v.string(), v.parseJson(), Line);

type Begun = AuditEvent & { readonly id: string; readonly time: string };

function isWanted(row: Begun, { from, to, subject }: AuditQuery): boolean {
  const date = row.time.slice(0, 'YYYY-MM-DD'.length);
  return (
    (from === undefined || date >= from) &&
    (to === undefined || date <= to) &&
    (subject === undefined || row.subject === subject)
  );
}

/** In the order in which they ended, then what has not ended. Lines that are none are left out. */
export async function* auditRows(
  audit: Audit,
  organisation: string,
  query: AuditQuery,
): AsyncGenerator<AuditRow, void> {
  const begun = new Map<string, Begun>();
  for await (const { text } of readLines(trailFiles(audit.directory, organisation).events)) {
    const parsed = v.safeParse(LineText, text);
    if (!parsed.success) continue; // `audit verify` tells
    const line = parsed.output;
    if ('event' in line) {
      if (!isWanted(line, query)) continue;
      if ('end' in line) yield { ...line, finished: line.time };
      else begun.set(line.id, line);
      continue;
    }
    const row = begun.get(line.id);
    if (row === undefined) continue; // of a beginning that is not wanted
    begun.delete(line.id);
    const { time, number: _, ...outcome } = line;
    yield { ...row, ...outcome, finished: time };
  }
  for (const row of begun.values()) {
    yield { ...row, end: audit.isUnderWay(row.id) ? 'running' : 'interrupted' };
  }
}
