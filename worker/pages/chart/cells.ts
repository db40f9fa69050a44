// Reading a row of a counting report: what is no number there is none.

import type { Row } from '../../reportRows.ts';

export function numberIn(row: Row | undefined, column: string): number | null {
  const cell = row?.[column];
  return typeof cell === 'number' ? cell : null;
}

/** Every counting report has this column. */
export const sessionsIn = (row: Row | undefined): number => numberIn(row, 'Sessions') ?? 0;
