// One organisation's lake, opened: what it says of itself, and a DuckDB instance of its own that can reach
// this lake and the spool, and nothing else (DESIGN 3).

import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { version as engineVersion } from '@duckdb/node-api';
import { ProblemError } from '../../sql/contract/problem.ts';
import { readDefinitions } from '../engine/definitions.ts';
import { literal, openEngineWith } from '../engine/open.ts';
import { type ConnectionSource, freshConnections, openPool } from '../engine/pool.ts';
import { execute } from '../engine/statement.ts';
import {
  byteCounter,
  type FileFigures,
  type FileVersion,
  fileVersion,
  listDays,
  rowCounter,
} from './days.ts';
import { nodeDisk } from './disk.ts';
import { finishInterrupted } from './holdLake.ts';
import { ifMissing } from './ifMissing.ts';
import type { LakeLayout } from './layout.ts';
import { type OrganisationSettings, readLakeState, readSettings } from './settings.ts';

export interface Organisation {
  readonly layout: LakeLayout;
  readonly connections: ConnectionSource;
  /** Changes with the SQL of the reports and with the engine. */
  readonly sqlVersion: string;
  /** org.json as it is now. */
  settings(): Promise<OrganisationSettings>;
  /** The watermark of SPEC 2, or the largest created_at; undefined for an empty lake. */
  dataThrough(): Promise<string | undefined>;
  mergeFiles(): Promise<FileVersion[]>;
  readonly countRows: FileFigures;
  /** Before compression. */
  readonly countBytes: FileFigures;
  /** Counts the rows of every day there is, so that no Run over many days waits for that. */
  countAllRows(): Promise<void>;
  /** What the engine takes of the machine; waits for no statement. */
  usedBytes(): Promise<{ memory: number; files: number }>;
  /** Resolves when the statements that run have ended. */
  close(): Promise<void>;
}

export interface EngineLimits {
  readonly spoolDirectory: string;
  readonly memoryLimit: string;
  readonly maxTempDirectorySize: string;
}

/**
 * One statement is rendered by the one thread that calls it, so several run side by side, each in
 * the order of its files and in little memory.
 */
const THREADS_PER_STATEMENT = 1;

/** Statements of one organisation at once; further ones wait. libuv has four threads by default. */
const STATEMENTS_AT_ONCE = 4;

/** Without it DuckDB holds small chunks back and sends later rows before them. */
const KEEP_ORDER = 'set enable_caching_operators = false';

const USED_BYTES = `
  select sum(m.memory_usage_bytes), sum(m.temporary_storage_bytes) from duckdb_memory() as m`;

async function largestCreatedAt(
  layout: LakeLayout,
  connections: ConnectionSource,
): Promise<string | undefined> {
  const newest = (await listDays(layout, '0000', '9999', false)).at(-1);
  if (newest === undefined) return undefined;
  const reader = await execute(connections, {
    setup: '',
    sql: `select strftime(timezone('UTC', max(s.created_at)), '%Y-%m-%dT%H:%M:%S.%fZ')
      from read_parquet($file::varchar) as s`,
    values: { file: newest.sessions.path },
  });
  return reader.getRows()[0]?.[0]?.toString();
}

/** Opens the lake; a lake that is not there is the problem `unknown-organisation`. */
export async function openOrganisation(
  layout: LakeLayout,
  limits: EngineLimits,
): Promise<Organisation> {
  const folder = await stat(layout.root).catch(ifMissing(undefined));
  if (!folder?.isDirectory()) throw new ProblemError({ kind: 'unknown-organisation' });
  await finishInterrupted(layout, nodeDisk);
  await readSettings(layout); // says what is wrong with them better than the SQL can
  await mkdir(limits.spoolDirectory, { recursive: true });
  const definitions = await readDefinitions();
  const { instance, prepared: connections } = await openEngineWith(
    {
      directories: [layout.root, limits.spoolDirectory],
      threads: THREADS_PER_STATEMENT,
      memoryLimit: limits.memoryLimit,
      tempDirectory: limits.spoolDirectory,
      maxTempDirectorySize: limits.maxTempDirectorySize,
    },
    `set variable lake = ${literal(layout.root)};\n${definitions}`,
    (opened) => openPool(opened, STATEMENTS_AT_ONCE, KEEP_ORDER),
  );
  const countRows = rowCounter(connections);
  return {
    layout,
    connections,
    sqlVersion: createHash('sha256').update(engineVersion()).update(definitions).digest('hex'),
    countRows,
    countBytes: byteCounter(connections),
    async countAllRows() {
      const days = await listDays(layout, '0000', '9999', false);
      await countRows(days.map(({ sessions }) => sessions));
    },
    settings: () => readSettings(layout),
    dataThrough: async () =>
      (await readLakeState(layout)).dataThrough ?? (await largestCreatedAt(layout, connections)),
    mergeFiles: async () => {
      const merges = await fileVersion(layout.mergesFile);
      return merges === undefined ? [] : [merges];
    },
    async usedBytes() {
      const reader = await execute(freshConnections(instance), { setup: '', sql: USED_BYTES });
      const [memory, files] = reader.getRows()[0] ?? [];
      return { memory: Number(memory), files: Number(files) };
    },
    async close() {
      await connections.close();
      instance.closeSync();
    },
  };
}
