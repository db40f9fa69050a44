// Prepares an analyst's statements on one connection, their named parameters bound to texts: the SQL
// casts them. A value that is missing, or that nothing asks for, is the caller's mistake.

import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { UsageError } from '../failure.ts';

export interface Preparer {
  /** The statement, ready to run. What DuckDB makes several of, such as a pivot, has run but for the last. */
  prepare(sql: string): Promise<DuckDBPreparedStatement>;
  /** Refuses values that no statement prepared so far has asked for. */
  refuseUnused(): void;
}

export function openPreparer(
  connection: DuckDBConnection,
  values: ReadonlyMap<string, string>,
): Preparer {
  const known = new Set<string>();

  function bind(statement: DuckDBPreparedStatement): void {
    const names = Array.from({ length: statement.parameterCount }, (_, index) =>
      statement.parameterName(index + 1),
    );
    const missing = names.filter((name) => !values.has(name));
    if (missing.length > 0) {
      const options = missing.map((name) => `--param ${name}=…`);
      throw new UsageError(
        `Cannot run the SQL without a value for each $name: add ${options.join(' ')}`,
      );
    }
    for (const name of names) known.add(name);
    statement.bind(Object.fromEntries(names.map((name) => [name, values.get(name) ?? null])));
  }

  return {
    async prepare(sql) {
      const parts = await connection.extractStatements(sql);
      for (let index = 0; ; index += 1) {
        const part = await parts.prepare(index);
        bind(part);
        if (index === parts.count - 1) return part;
        await part.run();
      }
    },
    refuseUnused() {
      const unused = [...values.keys()].filter((name) => !known.has(name));
      if (unused.length === 0) return;
      const asked = [...known].map((name) => `$${name}`).join(', ') || 'none';
      throw new UsageError(
        `Cannot use --param ${unused.join(', ')}: the parameters of the SQL are ${asked}`,
      );
    },
  };
}
