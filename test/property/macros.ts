// Reports by the quickest way: the macros as a Run calls them, but over tables in memory instead of
// Parquet, the whole range at once. In a zone that no report may take notice of.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, DuckDBListValue, type DuckDBValue } from '@duckdb/node-api';
import { readDefinitions } from '../../analytics/engine/definitions.ts';
import { literal } from '../../analytics/engine/open.ts';
import { reportCall } from '../../analytics/runs/segmentStatement.ts';
import { addDays } from '../../sql/contract/localDate.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { Lake } from '../reference/records.ts';
import { instantText } from './records.ts';
import { CREATE_TABLES, fillTables } from './tables.ts';
import type { Way } from './way.ts';

export async function openMacros(): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const file = join(folder, 'report.csv');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `set TimeZone = 'America/Havana'; ${await readDefinitions()}; ${CREATE_TABLES}`,
  );
  let loaded: Lake | undefined;

  return {
    async load(lake) {
      await fillTables(connection, lake);
      loaded = lake;
    },
    async csv(run) {
      if (loaded === undefined) throw new Error('Cannot make a report: load a lake first');
      const { excel } = run.parameters;
      const newLine = excel ? String.raw`, new_line '\r\n'` : '';
      await connection.run(
        `copy (${queryOf(loaded, run)}) to ${literal(file)} (header, nullstr ''${newLine})`,
      );
      return (excel ? '\ufeff' : '') + (await readFile(file, 'utf8'));
    },
    async close() {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true });
    },
  };
}

/** With every value spelled out: DuckDB binds a statement with parameters twice. */
function queryOf(lake: Lake, run: ResolvedRun): string {
  const { query, values } = reportCall(...wholeRange(lake, run));
  return query.replaceAll(/\$(\w+)/g, (_, name: string) => valueLiteral(values[name] ?? null));
}

function valueLiteral(value: DuckDBValue): string {
  if (value instanceof DuckDBListValue) return `[${value.items.map(valueLiteral).join(', ')}]`;
  if (value === null) return 'null';
  return `(${literal(String(value)).replaceAll('\0', "' || chr(0) || '")})`; // SQL text holds no NUL
}

/** A plan of one segment, as reportCall takes it; tables need no files. */
function wholeRange(lake: Lake, run: ResolvedRun): Parameters<typeof reportCall> {
  const createdAt = lake.sessions.map((session) => instantText(session.createdAt)).toSorted();
  const segment = {
    firstDay: addDays(run.parameters.from, -1),
    lastDay: addDays(run.parameters.to, 1),
    rows: lake.sessions.length,
    sessionFiles: [],
    transcriptFiles: [],
    mergeFiles: [],
  };
  const plan = {
    run,
    dataThrough: lake.dataThrough === null ? createdAt.at(-1) : instantText(lake.dataThrough),
    conversationLink: lake.settings.conversationLink,
    segments: [segment],
  };
  return [plan, segment];
}
