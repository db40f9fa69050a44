// How a range is cut into segments (DESIGN 4): everything once and in order, within limits, and alike
// for Runs that overlap.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, type DaySize, segmentBlocks } from '../../analytics/runs/segments.ts';
import { addDays } from '../../sql/contract/localDate.ts';

const SEGMENT_ROWS = 250_000;
const FIRST_SEGMENT_ROWS = 50_000;
const ENDING_ROWS = 375_000;
const ENDING_SEGMENT_ROWS = 125_000;
const SEGMENT_MESSAGE_BYTES = 32_000_000;
const LONGEST_BLOCK_DAYS = 64;

const MS_PER_DAY = 86_400_000;
const dayNumber = (day: string) => Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY;
const lengthOf = ({ firstDay, lastDay }: Block) => dayNumber(lastDay) - dayNumber(firstDay) + 1;
const isWithin = (block: Block, first: string, last: string) =>
  block.firstDay >= first && block.lastDay <= last;

/**
 * Days in a row, from before 1970 on or later: empty, quiet, busy, and too busy for a segment; without
 * messages, with some, and with too many for two days.
 */
function lakeOf(minLength: number, maxLength: number): fc.Arbitrary<DaySize[]> {
  const rows = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 20_000, max: 60_000 }),
    fc.integer({ min: 200_000, max: 400_000 }),
  );
  const messageBytes = fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    fc.integer({ min: 1, max: 2_000_000 }),
    fc.integer({ min: 10_000_000, max: 60_000_000 }),
  );
  return fc
    .tuple(
      fc.constantFrom('1969-12-31', '2000-02-28', '2025-11-03'),
      fc.array(fc.record({ rows, messageBytes }), { minLength, maxLength, size: 'max' }),
    )
    .map(([start, sizes]) => sizes.map((size, index) => ({ day: addDays(start, index), ...size })));
}

const lake = lakeOf(1, 200);
const longLake = lakeOf(400, 500);

/** A lake, and a range that begins in it and may reach past its end. */
const request = lake.chain((days) =>
  fc.record({
    days: fc.constant(days),
    offset: fc.nat(days.length - 1),
    length: fc.integer({ min: 1, max: days.length + 3 }),
  }),
);

interface Cut {
  readonly first: string;
  readonly last: string;
  readonly days: readonly DaySize[];
  readonly blocks: readonly Block[];
}

function cutRange(lakeDays: readonly DaySize[], offset: number, length: number): Cut {
  const first = lakeDays[offset]?.day ?? '';
  const last = addDays(first, length - 1);
  const days = lakeDays.filter(({ day }) => day >= first && day <= last);
  return { first, last, days, blocks: segmentBlocks(first, last, days) };
}

const withRows = (days: readonly DaySize[]) => days.filter(({ rows }) => rows > 0);

function holds(property: (cut: Cut) => void): void {
  fc.assert(
    fc.property(request, ({ days, offset, length }) => property(cutRange(days, offset, length))),
  );
}

const calendarBlock = (day: string) => Math.floor(dayNumber(day) / LONGEST_BLOCK_DAYS);

function rowsFrom({ days }: Cut, isLater: (day: string) => boolean): number {
  return days.reduce((sum, { day, rows }) => sum + (isLater(day) ? rows : 0), 0);
}

/**
 * Blocks of the calendar that the range holds whole, behind the one that it has its first rows in, and
 * well before its end.
 */
function wholeCalendarBlocks(cut: Cut): Set<number> {
  const { last, blocks } = cut;
  const begin = calendarBlock(blocks[0]?.firstDay ?? last) + 1;
  const end = calendarBlock(addDays(last, 1)) - 1;
  const all = Array.from({ length: Math.max(0, end - begin + 1) }, (_, index) => begin + index);
  return new Set(
    all.filter((number) => rowsFrom(cut, (day) => calendarBlock(day) > number) > ENDING_ROWS),
  );
}

describe('segmentBlocks', () => {
  test('puts each day with rows into one block, in order, and adds up its rows', () => {
    holds(({ days, blocks }) => {
      const inBlocks = blocks.flatMap((block) =>
        days.filter(({ day }) => day >= block.firstDay && day <= block.lastDay),
      );
      expect(withRows(inBlocks)).toEqual(withRows(days));
      const sums = blocks.map((block) =>
        days
          .filter(({ day }) => day >= block.firstDay && day <= block.lastDay)
          .reduce((sum, { rows }) => sum + rows, 0),
      );
      expect(blocks.map(({ rows }) => rows)).toEqual(sums);
    });
  });

  test('never reaches out of the range, and makes no block without rows', () => {
    holds(({ first, last, blocks }) => {
      expect(blocks.filter((block) => !isWithin(block, first, last))).toEqual([]);
      expect(blocks.filter(({ rows }) => rows === 0)).toEqual([]);
    });
  });

  test('keeps a block of several days within its rows, the first one within fewer', () => {
    holds(({ blocks }) => {
      const tooLarge = blocks.filter(
        (block, index) =>
          lengthOf(block) > 1 && block.rows > (index === 0 ? FIRST_SEGMENT_ROWS : SEGMENT_ROWS),
      );
      expect(tooLarge).toEqual([]);
    });
  });

  test('keeps blocks of several days within half of that where not much is left', () => {
    holds((cut) => {
      const tooLarge = cut.blocks.filter(
        (block) =>
          lengthOf(block) > 1 &&
          block.rows > ENDING_SEGMENT_ROWS &&
          rowsFrom(cut, (day) => day >= block.firstDay) <= ENDING_ROWS,
      );
      expect(tooLarge).toEqual([]);
    });
  });

  test('keeps the messages of a block of several days within their bytes', () => {
    holds(({ days, blocks }) => {
      const tooLarge = blocks.filter((block) => {
        const bytes = days
          .filter(({ day }) => day >= block.firstDay && day <= block.lastDay)
          .reduce((sum, { messageBytes }) => sum + messageBytes, 0);
        return lengthOf(block) > 1 && bytes > SEGMENT_MESSAGE_BYTES;
      });
      expect(tooLarge).toEqual([]);
    });
  });

  test('aligns blocks to the calendar: 1, 2, 4, … 64 days', () => {
    holds(({ blocks }) => {
      const unaligned = blocks.filter((block) => {
        const length = lengthOf(block);
        const isPowerOfTwo = Number.isInteger(Math.log2(length));
        return (
          !isPowerOfTwo || length > LONGEST_BLOCK_DAYS || dayNumber(block.firstDay) % length !== 0
        );
      });
      expect(unaligned).toEqual([]);
    });
  });

  test('cuts ranges alike wherever both hold a whole calendar block, but where they begin and end', () => {
    const edge = fc.nat(60);
    fc.assert(
      fc.property(longLake, edge, edge, edge, edge, (days, a, b, c, d) => {
        const one = cutRange(days, a, days.length - a - c);
        const other = cutRange(days, b, days.length - b - d);
        const both = wholeCalendarBlocks(one).intersection(wholeCalendarBlocks(other));
        expect(both.size).toBeGreaterThan(0);
        for (const number of both) {
          const inside = ({ blocks }: Cut) =>
            blocks.filter(({ firstDay }) => calendarBlock(firstDay) === number);
          expect(inside(one)).toEqual(inside(other));
        }
      }),
    );
  });
});
