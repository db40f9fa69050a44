// How a range of days is cut into segments (DESIGN 4). Pure: days and row counts in, blocks out.
//
// Blocks are aligned to the calendar, 1, 2, 4, … days long, and cut only where they hold too many
// rows or reach over the end of the range. So what a block inside a range looks like does not depend
// on the range, and Runs can share it.

const MS_PER_DAY = 86_400_000;

/** One look-ahead day is read with each block; longer blocks read it less often. */
const LONGEST_BLOCK_DAYS = 64;

/** DuckDB's memory and the wait for a segment grow with its rows; overhead shrinks with them. */
const SEGMENT_ROWS = 250_000;

/** The first block alone is kept short, so that rows reach the client early. */
const FIRST_SEGMENT_ROWS = 50_000;

export interface DayRows {
  readonly day: string;
  readonly rows: number;
}

/** UTC days, both included, and how many sessions they hold. */
export interface Block {
  readonly firstDay: string;
  readonly lastDay: string;
  readonly rows: number;
}

const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;
const dayName = (number: number) => new Date(number * MS_PER_DAY).toISOString().slice(0, 10);

/** Blocks that hold all the days' rows, in order; days without rows are in none or in any. */
export function segmentBlocks(first: string, last: string, days: readonly DayRows[]): Block[] {
  const start = dayNumber(first);
  const end = dayNumber(last);
  const counts = days.map(({ day, rows }) => ({ number: dayNumber(day), rows }));
  const blocks: Block[] = [];

  function cut(block: number, length: number): void {
    const rows = counts
      .filter(({ number }) => number >= block && number < block + length)
      .reduce((sum, day) => sum + day.rows, 0);
    if (rows === 0) return;
    const within = block >= start && block + length - 1 <= end;
    const limit = blocks.length === 0 ? FIRST_SEGMENT_ROWS : SEGMENT_ROWS;
    if (length === 1 || (within && rows <= limit)) {
      blocks.push({ firstDay: dayName(block), lastDay: dayName(block + length - 1), rows });
    } else {
      cut(block, length / 2);
      cut(block + length / 2, length / 2);
    }
  }

  const anchor = Math.floor(start / LONGEST_BLOCK_DAYS) * LONGEST_BLOCK_DAYS;
  for (let block = anchor; block <= end; block += LONGEST_BLOCK_DAYS) {
    cut(block, LONGEST_BLOCK_DAYS);
  }
  return blocks;
}
