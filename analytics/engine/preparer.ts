// Prepares an analyst's statements on one connection, their named parameters bound to texts: the SQL
// casts them. A value that is missing, or that nothing asks for, is the caller's mistake; so is what
// the SQL may not do (guard.ts).

import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { UsageError } from '../failure.ts';
import { explained, refusePlan, refuseText, refuseType } from './guard.ts';

export interface Prepared {
  readonly prepared: DuckDBPreparedStatement;
  /** False for what DuckDB makes several statements of, such as a pivot: they have run but for the last. */
  readonly isOne: boolean;
}

export interface Preparer {
  /** The statement, ready to run. */
  prepare(sql: string): Promise<Prepared>;
  /** The same for what the command itself makes of a statement that was prepared before. */
  prepareOwn(sql: string): Promise<DuckDBPreparedStatement>;
  /** Refuses values that no statement prepared so far has asked for. */
  refuseUnused(): void;
}

export function openPreparer(
  connection: DuckDBConnection,
  values: ReadonlyMap<string, string>,
): Preparer {
  const known = new Set<string>();
  const asked = () => [...known].map((name) => `$${name}`).join(', ') || 'none';

  function bind(statement: DuckDBPreparedStatement): void {
    const names = Array.from({ length: statement.parameterCount }, (_, index) =>
      statement.parameterName(index + 1),
    );
    for (const name of names) known.add(name);
    const missing = names.filter((name) => !values.has(name));
    if (missing.length > 0) {
      const options = missing.map((name) => `--param ${name}=…`);
      throw new UsageError(
        `Cannot run the SQL without a value for each of its parameters, ${asked()}: add ${options.join(' ')}`,
      );
    }
    statement.bind(Object.fromEntries(names.map((name) => [name, values.get(name) ?? null])));
  }

  async function prepareEach(
    sql: string,
    check: (part: DuckDBPreparedStatement) => void,
  ): Promise<Prepared> {
    const parts = await connection.extractStatements(sql);
    for (let index = 0; ; index += 1) {
      const prepared = await parts.prepare(index);
      check(prepared);
      bind(prepared);
      if (index === parts.count - 1) return { prepared, isOne: index === 0 };
      await prepared.run();
    }
  }

  const prepareOwn = async (sql: string) => (await prepareEach(sql, () => {})).prepared;

  const prepareTheirs = (sql: string) =>
    prepareEach(sql, ({ statementType }) => refuseType(statementType));

  async function planOf(sql: string): Promise<string> {
    try {
      const plan = await prepareOwn(`explain (format json) ${sql}`);
      return (await plan.runAndReadAll()).getRows().join('\n');
    } catch (error) {
      // What has no plan, such as USE, cannot be explained and runs nothing else.
      if (error instanceof Error && error.message.includes('Parser Error')) return '';
      throw error;
    }
  }

  return {
    async prepare(sql) {
      refuseText(sql);
      const statement = await prepareTheirs(sql);
      const inner = explained(sql);
      if (inner !== sql) await prepareTheirs(inner);
      if (statement.isOne) refusePlan(await planOf(inner));
      return statement;
    },
    prepareOwn,
    refuseUnused() {
      const unused = [...values.keys()].filter((name) => !known.has(name));
      if (unused.length === 0) return;
      throw new UsageError(
        `Cannot use --param ${unused.join(', ')}: the parameters of the SQL are ${asked()}`,
      );
    },
  };
}
