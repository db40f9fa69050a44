// Audit rows as CSV, as they come. What callers chose themselves is guarded, so that no spreadsheet runs
// it as a formula (SPEC 3.7).

import { stringify } from 'csv-stringify/sync';
import type { AuditRow } from './rows.ts';

/** The rule of sql/lib/formula_guard.sql. */
const FORMULA = /^(?:[\t\r]|[ \t\n\v\f\r]*[-=+@＝＋－＠])/;

const guarded = (text = '') => (FORMULA.test(text) ? `'${text}` : text);

const COLUMNS: Readonly<Record<string, (row: AuditRow) => string | number | undefined>> = {
  Time: (row) => row.time,
  Finished: (row) => row.finished,
  Event: (row) => row.event,
  End: (row) => row.end,
  Status: (row) => row.status,
  Problem: (row) => row.problem,
  Subject: (row) => guarded(row.subject),
  Roles: (row) => guarded(row.roles.join(', ')),
  Organisation: (row) => row.organisation,
  Report: (row) => row.report,
  Parameters: (row) => row.parameters && JSON.stringify(row.parameters),
  'With Messages': (row) => row.withMessages?.toString(),
  Rows: (row) => row.rows,
  Bytes: (row) => row.bytes,
  Range: (row) => row.range,
  Address: (row) => guarded(row.client?.address),
  'User Agent': (row) => guarded(row.client?.userAgent),
  'Run ID': (row) => row.run,
  'Request ID': (row) => guarded(row.request),
  'Event ID': (row) => row.id,
};

/** Many small chunks would cost more than their rows. */
const ROWS_PER_CHUNK = 200;

const encode = (records: readonly unknown[][]) => Buffer.from(stringify([...records]));

export async function* auditCsv(rows: AsyncIterable<AuditRow>): AsyncGenerator<Uint8Array, void> {
  let records: unknown[][] = [Object.keys(COLUMNS)];
  for await (const row of rows) {
    records.push(Object.values(COLUMNS).map((cell) => cell(row)));
    if (records.length < ROWS_PER_CHUNK) continue;
    yield encode(records);
    records = [];
  }
  if (records.length > 0) yield encode(records);
}
