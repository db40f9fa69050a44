// Opens a DuckDB instance that can reach the named folders and nothing else, for good.
// Knows no report and no organisation: whoever opens it names the folders.

import { DuckDBInstance } from '@duckdb/node-api';

export interface EngineSettings {
  /** The only folders that SQL on this instance can read or write, injected SQL included. */
  readonly directories: readonly string[];
  /** Single files outside those folders, for inputs that a user names. */
  readonly files?: readonly string[];
  readonly threads: number;
  readonly memoryLimit: string;
  readonly tempDirectory: string;
  readonly maxTempDirectorySize: string;
}

/** What is freed at once goes back to the system: else the allocator keeps more than is in use. */
const FLUSHED_FROM = '4MB';

/** A value as a SQL string literal. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function listLiteral(values: readonly string[]): string {
  return `[${values.map(literal).join(', ')}]`;
}

/**
 * A new in-memory instance, locked down. What must come before the lock goes before it: `prepare`,
 * SQL such as the definitions of views over files, and `beforeLock`, such as connections that need
 * settings of their own.
 */
export async function openEngineWith<Prepared>(
  settings: EngineSettings,
  prepare: string,
  beforeLock: (instance: DuckDBInstance) => Promise<Prepared>,
): Promise<{ instance: DuckDBInstance; prepared: Prepared }> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(settings.threads),
    memory_limit: settings.memoryLimit,
    temp_directory: settings.tempDirectory,
    max_temp_directory_size: settings.maxTempDirectorySize,
  });
  const connection = await instance.connect();
  try {
    await connection.run(`
      set global TimeZone = 'UTC';
      set global allocator_bulk_deallocation_flush_threshold = ${literal(FLUSHED_FROM)};
      set allowed_directories = ${listLiteral([...settings.directories, settings.tempDirectory])};
      set allowed_paths = ${listLiteral(settings.files ?? [])};
      ${prepare};
    `);
    const prepared = await beforeLock(instance);
    await connection.run(`
      set enable_external_access = false;
      set lock_configuration = true;
    `);
    return { instance, prepared };
  } finally {
    connection.closeSync();
  }
}

/** The same where SQL is all that must come before the lock. */
export async function openEngine(
  settings: EngineSettings,
  prepare: string = '',
): Promise<DuckDBInstance> {
  return (await openEngineWith(settings, prepare, async () => {})).instance;
}
