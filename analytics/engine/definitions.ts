// The SQL of sql/ as text to run, in the order that sql/init.sql gives. Runs nothing.

import { readFile } from 'node:fs/promises';

const PROJECT_ROOT = new URL('../../', import.meta.url);
const READ_LINE = /^\.read (\S+)$/gm;

/**
 * Reports whose rows already come in the order of the files, so that a segment rendered on one
 * thread need not sort. A test asserts the order against the sorted macro.
 */
const FILE_ORDERED = 'ai_sessions_detail';

export const FILE_ORDERED_SUFFIX = '_in_file_order';

const MACRO_NAME = new RegExp(`macro ${FILE_ORDERED}\\(`);
const ORDER_BY = /\norder by cells\.created_at, cells\.session_id;/;

/** Extended columns take a join, which loses the order. */
export function isFileOrdered(macro: string, columns: 'standard' | 'extended' = 'standard') {
  return macro === FILE_ORDERED && columns === 'standard';
}

/** The same macro under another name and without its final sort. */
function inFileOrder(sql: string): string {
  if (!ORDER_BY.test(sql)) throw new Error(`Cannot find the sort of ${FILE_ORDERED}`);
  return sql
    .replace(MACRO_NAME, `macro ${FILE_ORDERED}${FILE_ORDERED_SUFFIX}(`)
    .replace(ORDER_BY, ';');
}

/** The views over the lake alone, for those who need no report: all of it takes DuckDB 0.1 s. */
export function readSources(): Promise<string> {
  return readFile(new URL('sql/sources.sql', PROJECT_ROOT), 'utf8');
}

/** The files that sql/init.sql names. */
async function readFiles(): Promise<string[]> {
  const init = await readFile(new URL('sql/init.sql', PROJECT_ROOT), 'utf8');
  const files = [...init.matchAll(READ_LINE)].map(([, file]) => file ?? '');
  return Promise.all(files.map((file) => readFile(new URL(file, PROJECT_ROOT), 'utf8')));
}

/** All statements of sql/init.sql, sources, library and reports, as they stand: one script. */
export async function readScript(): Promise<string> {
  return (await readFiles()).join('\n');
}

/** The same for the engine, which has a report in the order of the files besides. */
export async function readDefinitions(): Promise<string> {
  return (await readFiles())
    .flatMap((sql) => (MACRO_NAME.test(sql) ? [sql, inFileOrder(sql)] : [sql]))
    .join('\n');
}
