// A report's whole CSV by two of its ways in (SPEC 1): as a Run, the way of `ai-sessions run` and of
// the service, and as the table macro in a plain DuckDB connection, the way of an analyst.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBValue, listValue } from '@duckdb/node-api';
import { readDefinitions } from '../../../analytics/engine/definitions.ts';
import { literal } from '../../../analytics/engine/open.ts';
import type { LakeLayout } from '../../../analytics/lake/layout.ts';
import { REPORTS } from '../../../sql/contract/report.ts';
import { parseRun, type Run } from '../../../sql/contract/run.ts';
import { openRunner } from './runner.ts';

/** A Run as in JSON; throws what a caller would be told. */
export function readRun(report: string, parameters: unknown): Run {
  const parsed = parseRun({ report, parameters });
  if ('problem' in parsed) throw new Error(JSON.stringify(parsed.problem));
  return parsed.run;
}

/** The bytes of the Run that the service and the command line stream. */
export async function runBytes(layout: LakeLayout, run: Run): Promise<Buffer> {
  const runner = await openRunner(layout);
  try {
    return await runner.bytes(run);
  } finally {
    await runner.close();
  }
}

/** What each parameter of a Run is called by the macros. */
const MACRO_PARAMETERS = {
  from: 'from_date',
  to: 'to_date',
  timezone: 'timezone',
  grouping: 'bucket',
  weekStart: 'week_start',
  by: 'split_by',
  channel: 'channels',
  agent: 'agents',
  guide: 'guides',
  outcome: 'outcomes',
  handoffCategory: 'handoff_categories',
  handoffSubcategory: 'handoff_subcategories',
  customerId: 'customer_ids',
  conversationId: 'conversation_ids',
  sessionId: 'session_ids',
  recontacted: 'recontacted',
  columns: 'columns',
  messages: 'messages',
  dates: 'dates',
  formulaGuard: 'formula_guard',
} as const;

/** Only what the Run says: what it leaves open is the macro's to fill in. */
function macroCall({ report, parameters }: Run) {
  const { macro, grain } = REPORTS[report];
  const values: Record<string, DuckDBValue> = {};
  for (const [parameter, name] of Object.entries(MACRO_PARAMETERS)) {
    const value = parameters[parameter as keyof typeof MACRO_PARAMETERS];
    if (value === undefined || (name === 'dates' && grain === 'count')) continue;
    values[name] = typeof value === 'object' ? listValue(value) : value;
  }
  const list = Object.keys(values).map((name) => `${name} := $${name}`);
  return { query: `from ${macro}(${list.join(', ')})`, values };
}

/** Where the analyst sits is no part of a report. */
const ANALYSTS_ZONE = 'Asia/Kathmandu';

let plainInstance: Promise<DuckDBInstance> | undefined;

/** DuckDB's own settings, as many threads as cores, and sql/init.sql. */
async function openPlain(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(await readDefinitions());
  connection.closeSync();
  return instance;
}

/**
 * The bytes that the report's macro gives an analyst, in DuckDB's own CSV. A spreadsheet's byte order
 * mark is added, which no COPY can write. One call at a time: all share one DuckDB instance, on
 * which each points the sources at its lake.
 */
export async function macroBytes(layout: LakeLayout, run: Run): Promise<Buffer> {
  plainInstance ??= openPlain();
  const connection = await (await plainInstance).connect();
  const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  const file = join(folder, 'report.csv');
  const { excel } = run.parameters;
  try {
    await connection.run(`set TimeZone = ${literal(ANALYSTS_ZONE)}`);
    await connection.run(`set variable lake = ${literal(layout.root)}`);
    await connection.run(await readFile('sql/sources.sql', 'utf8'));
    const { query, values } = macroCall(run);
    const newLine = excel ? String.raw`, new_line '\r\n'` : '';
    await connection.run(`copy (${query}) to ${literal(file)} (header${newLine})`, values);
    return Buffer.concat([Buffer.from(excel ? '\ufeff' : ''), await readFile(file)]);
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true });
  }
}
