// What an analyst's SQL may do: ask, and make tables, views and macros of its own in memory. The engine
// lets it reach the lake alone; this keeps it from writing there. It guards against SQL that does more
// than its reader knew, not against somebody who could as well remove the files.

import { StatementType } from '@duckdb/node-api';
import { tokenAfter } from './splitStatements.ts';

const PERMITTED: ReadonlySet<StatementType> = new Set([
  StatementType.SELECT,
  StatementType.EXPLAIN,
  StatementType.CREATE,
  StatementType.ALTER,
  StatementType.DROP,
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.TRANSACTION,
  StatementType.VACUUM,
  StatementType.SET, // variables and the schema: settings are locked
]);

/** In DuckDB's own way, like all that the locked engine refuses. */
function refusal(what: string): Error {
  return new Error(`Permission Error: ${what} is not permitted here`);
}

/** Refuses a statement of a kind that could write a file or load code. */
export function refuseType(type: StatementType): void {
  if (!PERMITTED.has(type)) throw refusal(StatementType[type].replaceAll('_', ' '));
}

/** Functions that write files, or run what no plan shows; locked settings keep nobody from them. */
const WRITING = ['enable_logging', 'enable_profiling', 'json_execute_serialized_sql'].join('|');
const NAMED = new RegExp(WRITING, 'i');
const PLANNED = new RegExp(`"name": "(${WRITING})`, 'i');

/**
 * Before the statement is prepared, because an EXPORT makes its folder then; and by name, wherever that
 * stands: in a macro, in a string that is to be run.
 */
export function refuseText(sql: string): void {
  const inner = explained(sql);
  if (/^export\b/i.test(inner.slice(tokenAfter(inner, 0)))) throw refusal('EXPORT');
  const [name] = NAMED.exec(sql) ?? [];
  if (name !== undefined) throw refusal(name);
}

/** By the plan of a statement, as JSON, where the name was put together out of pieces. */
export function refusePlan(plan: string): void {
  const [, name] = PLANNED.exec(plan) ?? [];
  if (name !== undefined) throw refusal(name.toLowerCase());
}

const EXPLAIN = /explain\b/iy;
const OPTIONS = /(?:(?:analyze|verbose)\b|\(\s*(?:analyze|verbose|format)\b[^)]*\))?/iy;

/** The statement that an EXPLAIN is of, which an EXPLAIN ANALYZE runs; any other as it is. */
export function explained(sql: string): string {
  EXPLAIN.lastIndex = tokenAfter(sql, 0);
  if (!EXPLAIN.test(sql)) return sql;
  OPTIONS.lastIndex = tokenAfter(sql, EXPLAIN.lastIndex);
  OPTIONS.test(sql);
  return sql.slice(OPTIONS.lastIndex);
}
