// A lake of its own for a test of ingest: texts in as files, rows and bytes out.

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DuckDBInstance, type Json } from '@duckdb/node-api';
import { type Disk, nodeDisk } from '../../../analytics/lake/disk.ts';
import { ingest } from '../../../analytics/lake/ingest/ingest.ts';
import type {
  IngestKind,
  IngestRequest,
  IngestResult,
} from '../../../analytics/lake/ingest/request.ts';
import { type LakeLayout, lakeLayout } from '../../../analytics/lake/layout.ts';
import type { AroundRemoval } from '../../../analytics/lake/removal.ts';

export type Row = Record<string, Json>;

export interface TestLake {
  readonly folder: string;
  readonly layout: LakeLayout;
  /** Ingests texts or bytes, each as a file of its own, by default with the kind's first ending. */
  ingest(
    kind: IngestKind,
    contents: readonly (string | Buffer)[],
    options?: Partial<IngestRequest> & { readonly ending?: string },
    disk?: Disk,
  ): Promise<IngestResult>;
  sessions(): Promise<Row[]>;
  /** One row per message, in the order of the lake. */
  messages(): Promise<Row[]>;
  waiting(): Promise<Row[]>;
  /** What lake.json says. */
  state(): Promise<Row>;
  /** Hash of each file by its name in the lake. */
  hashes(): Promise<Record<string, string>>;
  /** Back to no lake at all. */
  clear(): Promise<void>;
  remove(): Promise<void>;
}

/** For removals that nobody has to be told of. */
export const justPublish: AroundRemoval = (_, publish) => publish();

export const NOW = new Date('2026-08-01T00:00:00Z');

export async function openTestLake(): Promise<TestLake> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const layout = lakeLayout(join(folder, 'data'), 'acme');
  let files = 0;
  return {
    folder,
    layout,
    async ingest(kind, contents, { ending, ...options } = {}, disk = nodeDisk) {
      const sources: string[] = [];
      for (const content of contents) {
        const suffix = ending ?? (kind === 'gladly-csv' ? '.csv' : '.jsonl');
        const source = join(folder, `input-${files++}${suffix}`);
        await writeFile(source, content);
        sources.push(source);
      }
      const request = { kind, sources, layout, strict: false, now: NOW, ...options };
      return ingest({ aroundRemoval: justPublish, ...request }, disk);
    },
    sessions: () => query(`from read_parquet('${layout.sessionsDir}/*/sessions.parquet')`),
    messages: () =>
      query(`
        select t.day::varchar as day, t.session_id, t.created_at, unnest(t.messages, recursive := true)
        from read_parquet('${layout.transcriptsDir}/*/transcripts.parquet') as t`),
    waiting: () => query(`from read_parquet('${layout.root}/pending/messages.parquet')`),
    state: async () => JSON.parse(await readFile(layout.stateFile, 'utf8')),
    hashes: () => hashesOf(layout.root),
    clear: () => rm(layout.root, { recursive: true }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Hash of each file below a folder by its name. */
export async function hashesOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const hashes: Record<string, string> = {};
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const hash = createHash('sha256').update(await readFile(path));
    hashes[relative(root, path)] = hash.digest('hex');
  }
  return hashes;
}

/** Rows of a query in a plain DuckDB, times as text in UTC; none when there is no file. */
export async function query(sql: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    await connection.run("set TimeZone = 'UTC'");
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } catch (error) {
    if (String(error).includes('No files found')) return [];
    throw error;
  } finally {
    instance.closeSync();
  }
}

/** Records as JSON Lines. */
export function jsonLines(...records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
