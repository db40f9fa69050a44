// The tables of a lake and the columns that each has, exactly.

import {
  FORGOTTEN_COLUMNS,
  MERGE_COLUMNS,
  SESSION_COLUMNS,
  TRANSCRIPT_COLUMNS,
  WAITING_COLUMNS,
} from '../parquet.ts';

export type TableName = 'session' | 'transcript' | 'merge' | 'waiting' | 'forgotten';

/** The paths of each table's files, in order. */
export type TableFiles = Readonly<Record<TableName, readonly string[]>>;

const COLUMNS: Readonly<Record<TableName, Readonly<Record<string, string>>>> = {
  session: SESSION_COLUMNS,
  transcript: TRANSCRIPT_COLUMNS,
  merge: MERGE_COLUMNS,
  waiting: WAITING_COLUMNS,
  forgotten: FORGOTTEN_COLUMNS,
};

export const TABLE_NAMES = Object.keys(COLUMNS) as TableName[];

/** A row of the table without a value in it, as a SELECT list. */
export function emptyRow(table: TableName): string {
  return Object.entries(COLUMNS[table])
    .map(([name, type]) => `null::${type} as "${name}"`)
    .join(', ');
}

/** No files at all. */
export function noFiles(): Record<TableName, string[]> {
  return { session: [], transcript: [], merge: [], waiting: [], forgotten: [] };
}
