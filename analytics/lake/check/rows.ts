// Checks the rows of a lake: one check is one SQL file of this folder, its rows are the findings and
// its name is the promise's.

import { readdir, readFile } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import type { LakeLayout } from '../layout.ts';
import type { LakeState } from '../settings.ts';
import { type CheckOutcome, FINDINGS_SHOWN } from './finding.ts';
import { emptyRow, TABLE_NAMES, type TableFiles, type TableName } from './tables.ts';

/** What the SQL stands on: each table's rows with where they lie, and what the JSON files say. */
export async function defineRows(
  connection: DuckDBConnection,
  layout: LakeLayout,
  files: TableFiles,
  { state, keptFrom }: { state: Partial<LakeState>; keptFrom: string | undefined },
): Promise<void> {
  for (const table of TABLE_NAMES) {
    await connection.run(`create view ${table}_row as ${rowsOf(table, files[table])}`);
  }
  await connection.run(`
    set variable state_file = ${literal(layout.stateFile)};
    set variable stated_sessions = ${state.sessions ?? 'null'}::bigint;
    set variable stated_transcripts = ${state.transcripts ?? 'null'}::bigint;
    set variable kept_from = ${keptFrom === undefined ? 'null' : literal(keptFrom)}::date;
  `);
}

function rowsOf(table: TableName, files: readonly string[]): string {
  if (files.length === 0) {
    return `
      select ${emptyRow(table)}, null::varchar as filename, null::bigint as file_row_number,
        null::date as day
      where false`;
  }
  return `
    select *, try_cast(regexp_extract(filename, 'day=([0-9-]{10})', 1) as date) as day
    from read_parquet(
      [${files.map(literal).join(', ')}],
      filename = true, file_row_number = true, hive_partitioning = false
    )`;
}

/** `file`: what each file promises; `lake`: what files promise about each other. */
export async function checkRows(
  connection: DuckDBConnection,
  layout: LakeLayout,
  scope: 'file' | 'lake',
): Promise<CheckOutcome[]> {
  const directory = new URL(`${scope}/`, import.meta.url);
  const outcomes: CheckOutcome[] = [];
  for (const name of (await readdir(directory)).toSorted()) {
    const sql = await readFile(new URL(name, directory), 'utf8');
    const reader = await connection.runAndReadAll(
      `select filename, session_id, detail, count(*) over () from (${sql}\n)
      order by filename, session_id, detail limit ${FINDINGS_SHOWN}`,
    );
    const rows = reader.getRows();
    const first = rows.map(([file, sessionId, detail]) => ({
      file: relative(layout.root, String(file)),
      sessionId: sessionId?.toString(),
      detail: String(detail),
    }));
    outcomes.push({ check: basename(name, '.sql'), count: Number(rows[0]?.[3] ?? 0), first });
  }
  return outcomes;
}
