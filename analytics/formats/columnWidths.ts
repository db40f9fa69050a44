// How wide the columns of a table are where they must fit in: the widest give way first, then the last
// ones are left out. A number that is cut would be another number, so it never is.

export interface Column {
  /** Widths as they are: of the name, and of the widest cell. */
  readonly name: number;
  readonly cells: number;
  /** Whether its cells must not be cut; its name may be. */
  readonly isWhole: boolean;
}

/** A cell is not cut below this: enough to tell it from its neighbours. */
const NARROWEST_CUT = 12;

/** Widths of as many columns as fit in, at least one of them; of all as they are, if all fit or must. */
export function fitColumns(
  columns: readonly Column[],
  gap: number,
  available: number = Number.POSITIVE_INFINITY,
): number[] {
  const widest = Math.max(0, ...columns.map(({ name, cells }) => Math.max(name, cells)));
  const at = (limit: number) => columns.map((column) => widthAt(column, limit));
  const total = (widths: readonly number[]) =>
    widths.reduce((sum, width) => sum + width, gap * (widths.length - 1));

  let limit = Math.min(widest, available);
  while (limit > NARROWEST_CUT && total(at(limit)) > available) limit -= 1;
  const widths = at(limit);
  if (total(widths) <= available) return widths;
  if (columns.length > 1) return fitColumns(columns.slice(0, -1), gap, available);
  return widths.map((width) => Math.min(width, available));
}

function widthAt({ name, cells, isWhole }: Column, limit: number): number {
  return Math.max(Math.min(Math.max(name, cells), limit), isWhole ? cells : 0);
}
