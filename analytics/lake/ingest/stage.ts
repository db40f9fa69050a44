// Runs one reader's SELECT over one piece of a source into a staging table, and notes where the
// rows came from. The only writer of source_piece.

import { CommandFailure } from '../../failure.ts';
import { SourceFailure } from './sourceFailure.ts';
import type { Workbench } from './workbench.ts';

export type StagingTable = 'staged_session' | 'staged_message' | 'staged_merge';

export interface Piece {
  readonly source: string;
  /** What the first row is called when somebody has to find it. */
  readonly firstLine: number;
  readonly table: StagingTable;
  /** A SELECT over `source_row` that gives the table's columns. */
  readonly select: string;
  /** What source_row is. */
  readonly from: string;
}

/** The number of rows staged. */
export async function stage({ connection }: Workbench, piece: Piece): Promise<number> {
  await connection.run(`create or replace temp view source_row as ${piece.from}`);
  const { rowsChanged } = await connection
    .run(`insert into ${piece.table} ${piece.select}`)
    .catch((cause: Error) => {
      throw failureOf(piece.source, cause);
    });
  await connection.run(
    `insert into source_piece
    select
      $source, $first_line,
      (select coalesce(max(end_ordinal), 0) from source_piece),
      (select coalesce(max(end_ordinal), 0) from source_piece) + $rows`,
    { source: piece.source, first_line: piece.firstLine, rows: rowsChanged },
  );
  return rowsChanged;
}

const FAULTS_OF_THE_SOURCE = ['Invalid Input Error', 'Conversion Error'];

/** Without DuckDB's words: they quote the record. */
function failureOf(source: string, cause: Error): CommandFailure {
  const [kind = ''] = cause.message.split(':', 1);
  if (FAULTS_OF_THE_SOURCE.includes(kind)) {
    return new SourceFailure(source, `it cannot be read: ${kind}`, { cause });
  }
  return new CommandFailure(`Cannot read ${source} into the lake: ${kind}`, { cause });
}
