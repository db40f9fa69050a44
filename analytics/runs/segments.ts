// How a range of days is cut into segments (DESIGN 4). Pure: days and their sizes in, blocks out.
//
// Blocks are aligned to the calendar, 1, 2, 4, … days long, and cut only where they hold too much or
// reach over the end of the range. So what a block looks like does not depend on the range, but for
// the first and the last ones, and Runs can share it.

const MS_PER_DAY = 86_400_000;

/** One look-ahead day is read with each block; longer blocks read it less often. */
const LONGEST_BLOCK_DAYS = 64;

/** DuckDB's memory and the wait for a segment grow with its rows; overhead shrinks with them. */
const SEGMENT_ROWS = 250_000;

/** Of transcripts, before compression: a statement takes several times as much memory. */
const SEGMENT_MESSAGE_BYTES = 32_000_000;

/** The first block alone is kept short, so that rows reach the client early. */
const FIRST_SEGMENT_ROWS = 50_000;

/**
 * Where no more than this is left, blocks are kept to half: then those who render end at about the same
 * time, and the last one is soon handed over.
 */
const ENDING_ROWS = 1.5 * SEGMENT_ROWS;
const ENDING_SEGMENT_ROWS = SEGMENT_ROWS / 2;

export interface DaySize {
  readonly day: string;
  readonly rows: number;
  /** Of the messages that the report shows: 0 for most reports. */
  readonly messageBytes: number;
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
export function segmentBlocks(first: string, last: string, days: readonly DaySize[]): Block[] {
  const start = dayNumber(first);
  const end = dayNumber(last);
  const sizes = days.map(({ day, ...size }) => ({ number: dayNumber(day), ...size }));
  const blocks: Block[] = [];
  let left = sizes.reduce((sum, day) => sum + day.rows, 0);

  function limit(): number {
    if (blocks.length === 0) return FIRST_SEGMENT_ROWS;
    return left <= ENDING_ROWS ? ENDING_SEGMENT_ROWS : SEGMENT_ROWS;
  }

  function cut(block: number, length: number): void {
    const inside = sizes.filter(({ number }) => number >= block && number < block + length);
    const rows = inside.reduce((sum, day) => sum + day.rows, 0);
    const messageBytes = inside.reduce((sum, day) => sum + day.messageBytes, 0);
    if (rows === 0) return;
    const within = block >= start && block + length - 1 <= end;
    const fits = rows <= limit() && messageBytes <= SEGMENT_MESSAGE_BYTES;
    if (length === 1 || (within && fits)) {
      blocks.push({ firstDay: dayName(block), lastDay: dayName(block + length - 1), rows });
      left -= rows;
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
