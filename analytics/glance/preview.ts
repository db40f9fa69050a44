// How a report begins: its first rows as they would be in the CSV, without its guard.

import { PREVIEW_ROWS, type Preview } from '../../sql/contract/glance.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { firstRows } from './firstRows.ts';
import type { Look } from './look.ts';

/** A message of any length is in the file; a look needs its beginning. */
const MAX_CELL_CHARACTERS = 5000;

function beginning(cell: string): string {
  return cell.length <= MAX_CELL_CHARACTERS ? cell : `${cell.slice(0, MAX_CELL_CHARACTERS)}…`;
}

/** The same Run as it is looked at: whatever the format of its file. */
export function asShown({ report, parameters }: ResolvedRun): ResolvedRun {
  return { report, parameters: { ...parameters, format: 'csv', formulaGuard: false } };
}

export async function preview(look: Look): Promise<Preview> {
  const { columns, rows } = await firstRows(look, PREVIEW_ROWS);
  return { columns: [...columns], rows: rows.map((row) => row.map(beginning)) };
}
