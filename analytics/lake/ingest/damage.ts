// Whether a failure is due to a file of the lake that is damaged, so that the user is told which.

import type { DuckDBConnection } from '@duckdb/node-api';
import { CommandFailure } from '../../failure.ts';
import { listFiles } from '../check/files.ts';
import { readParquet } from '../check/parquet.ts';
import type { LakeLayout } from '../layout.ts';

/** Reads the whole lake, so it is for failures only. Throws what there is to say of the damage. */
export async function refuseDamage(
  connection: DuckDBConnection,
  layout: LakeLayout,
  cause: unknown,
): Promise<void> {
  const { tables } = await listFiles(layout);
  const { findings } = await readParquet(connection, layout, tables);
  const [first] = findings;
  if (first === undefined) return;
  throw new CommandFailure(
    `Cannot ingest into ${layout.organisation}: ${first.file} ${first.detail}; put it back from a backup, or take it away and ingest its records again`,
    { cause },
  );
}
