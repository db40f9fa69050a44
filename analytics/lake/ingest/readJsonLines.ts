// Stages session or message records from JSON Lines, piece by piece, in DuckDB.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { literal } from '../../engine/open.ts';
import { linePieces, MAX_LINE_BYTES, NO_DELIMITER } from './lines.ts';
import { stage } from './stage.ts';
import { ingestSql, type Workbench } from './workbench.ts';

const READERS = {
  sessions: { table: 'staged_session', sql: 'read_sessions.sql' },
  messages: { table: 'staged_message', sql: 'read_messages.sql' },
} as const;

/** DuckDB wants room for the longest line and more. */
const BUFFER_BYTES = 2 * MAX_LINE_BYTES;

export async function readJsonLines(
  workbench: Workbench,
  kind: keyof typeof READERS,
  sources: readonly string[],
): Promise<void> {
  const { table, sql } = READERS[kind];
  const select = await ingestSql(sql);
  for (const [index, source] of sources.entries()) {
    const directory = join(workbench.scratch, `source-${index}`);
    await mkdir(directory);
    let firstLine = 1;
    for await (const file of linePieces(source, directory)) {
      firstLine += await stage(workbench, {
        source,
        firstLine,
        table,
        select,
        from: rawLines(file),
      });
      await rm(file);
    }
  }
}

function rawLines(file: string): string {
  return `
    select line from read_csv(
      ${literal(file)}, columns = {line: 'varchar'}, header = false, auto_detect = false,
      delim = ${literal(NO_DELIMITER)}, quote = '', escape = '', new_line = '\\n',
      strict_mode = false, max_line_size = ${MAX_LINE_BYTES}, buffer_size = ${BUFFER_BYTES}
    )`;
}
