// The place an ingest works in: the lake to itself, a scratch folder in it, and a DuckDB instance that
// can reach the lake and the sources and nothing else. Larger than memory goes to the scratch folder.

import { mkdir, readFile, realpath } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { readSources } from '../../engine/definitions.ts';
import { literal, openEngine } from '../../engine/open.ts';
import { type ConnectionSource, freshConnections } from '../../engine/pool.ts';
import { CommandFailure } from '../../failure.ts';
import type { Disk } from '../disk.ts';
import { holdLake } from '../holdLake.ts';
import type { LakeLayout } from '../layout.ts';
import { clearWork, openPublication, type Publication } from '../publish.ts';
import { refuseDamage } from './damage.ts';

export interface Workbench {
  readonly layout: LakeLayout;
  readonly publication: Publication;
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

/** The text of an SQL file of this folder. */
export function ingestSql(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

export interface WorkbenchRequest {
  readonly layout: LakeLayout;
  readonly disk: Disk;
  /** Outside of the lake, to be read. */
  readonly files: readonly string[];
  /** What is done to an organisation: `ingest into`. */
  readonly action: string;
}

/** Opens a workbench for the work, and leaves nothing of it behind. */
export function withWorkbench<Result>(
  { layout, disk, files, action }: WorkbenchRequest,
  work: (workbench: Workbench) => Promise<Result>,
): Promise<Result> {
  return holdLake(layout, disk, `${action} ${layout.organisation}`, async () => {
    await mkdir(layout.root, { recursive: true });
    const scratch = join(layout.workDir, 'scratch');
    await mkdir(scratch, { recursive: true });
    try {
      return await withEngine(layout, scratch, files, (engine) =>
        work({ layout, scratch, publication: openPublication(layout, disk), ...engine }),
      );
    } finally {
      await disk.clear(scratch);
      await clearWork(layout, disk);
      await disk.rmdir(layout.root);
    }
  });
}

type Engine = Pick<Workbench, 'connection' | 'connections' | 'parallelism'>;

async function withEngine<Result>(
  layout: LakeLayout,
  scratch: string,
  files: readonly string[],
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const parallelism = Math.min(availableParallelism(), MAX_PARALLELISM);
  const settings = {
    directories: [layout.root],
    files: await Promise.all(files.map((file) => realpath(file))),
    threads: parallelism,
    memoryLimit: MEMORY_LIMIT,
    tempDirectory: join(scratch, 'spill'),
    maxTempDirectorySize: MAX_TEMP_DIRECTORY_SIZE,
  };
  const instance = await openEngine(settings, JOIN_AS_WRITTEN);
  const connection = await instance.connect();
  try {
    await connection.run(`set variable lake = ${literal(layout.root)}`);
    await connection.run(await readSources());
    await connection.run(await ingestSql('staging.sql'));
    await connection.run(await ingestSql('checks.sql'));
    return await work({ connection, connections: freshConnections(instance), parallelism });
  } catch (error) {
    if (!(error instanceof CommandFailure)) await refuseDamage(connection, layout, error);
    throw error;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
