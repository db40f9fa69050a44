// DuckDB over a lake as anyone has it, with our SQL but without our settings: all threads, its own memory.

import { DuckDBInstance } from '@duckdb/node-api';
import { readDefinitions } from '../engine/definitions.ts';
import { literal } from '../engine/open.ts';
import { lakeLayout } from '../lake/layout.ts';
import type { WriteJob } from './writeJob.ts';

export async function openPlainEngine({ dataDir, organisation }: WriteJob) {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`
    set global TimeZone = 'UTC';
    set variable lake = ${literal(lakeLayout(dataDir, organisation).root)};
    ${await readDefinitions()}
  `);
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
