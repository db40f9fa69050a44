// The place an ingest works in: a scratch folder in the lake, and a DuckDB instance that can reach
// the lake and the sources and nothing else. Larger than memory goes to the scratch folder.

import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readDefinitions } from '../../engine/definitions.ts';
import { literal, openEngine } from '../../engine/open.ts';
import { type ConnectionSource, freshConnections } from '../../engine/pool.ts';
import type { LakeLayout } from '../layout.ts';
import { removeIfEmpty } from '../publish.ts';

export interface Workbench {
  readonly layout: LakeLayout;
  readonly scratch: string;
  /** The one connection whose variables name all files of the lake. */
  readonly connection: DuckDBConnection;
  /** Others, for statements about the files of a day. */
  readonly connections: ConnectionSource;
  /** Number of statements that run well side by side. */
  readonly parallelism: number;
}

/** Holds a million sessions' ingest under 1 GB with Node and what DuckDB does not count. */
const MEMORY_LIMIT = '400MB';
const MAX_TEMP_DIRECTORY_SIZE = '1TB';
/**
 * The right side of a join is what is held in memory, so SQL here puts the slim side there. Left to
 * itself DuckDB takes the texts of millions of messages for a few thousand rows, and holds those.
 */
const JOIN_AS_WRITTEN = `set disabled_optimizers = 'join_order,build_side_probe_side'`;
/** More threads want more memory than they save time. */
const MAX_PARALLELISM = 4;

/** Begins the name of the scratch folder in a lake. */
export const SCRATCH_PREFIX = '.ingest-';

/** The text of an SQL file of this folder. */
export function ingestSql(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

/** Opens a workbench for the work, and leaves nothing of it behind. */
export async function withWorkbench<Result>(
  layout: LakeLayout,
  sources: readonly string[],
  work: (workbench: Workbench) => Promise<Result>,
): Promise<Result> {
  const madeRoot = await mkdir(layout.root, { recursive: true });
  const scratch = await mkdtemp(join(layout.root, SCRATCH_PREFIX));
  const parallelism = Math.min(availableParallelism(), MAX_PARALLELISM);
  try {
    const settings = {
      directories: [layout.root],
      files: await Promise.all(sources.map((source) => realpath(source))),
      threads: parallelism,
      memoryLimit: MEMORY_LIMIT,
      tempDirectory: join(scratch, 'spill'),
      maxTempDirectorySize: MAX_TEMP_DIRECTORY_SIZE,
    };
    const instance = await openEngine(settings, JOIN_AS_WRITTEN);
    const connection = await instance.connect();
    try {
      await connection.run(`set variable lake = ${literal(layout.root)}`);
      await connection.run(await readDefinitions());
      await connection.run(await ingestSql('staging.sql'));
      await connection.run(await ingestSql('checks.sql'));
      const connections = freshConnections(instance);
      return await work({ layout, scratch, connection, connections, parallelism });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    await rm(scratch, { recursive: true });
    if (madeRoot !== undefined) await removeIfEmpty(layout.root);
  }
}
