// Cuts a stream into pieces that DuckDB's CSV reader takes line by line: what it would choke on, or take
// for something else, arrives as a line that says what is wrong with it. Bytes in, bytes out; knows
// nothing of what a line holds.

import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** Bounds what one staging statement holds in memory and what lies on disk at a time. */
const PIECE_BYTES = 64 * 1024 * 1024;
/** As in DuckDB's own JSON reader. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** How much of a line that is too long goes to the rejects. */
const KEPT_BYTES = 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Begins a line that is at fault, and parts the reason from the line. */
const FAULT_MARK = '\x01';
/** DuckDB's reader wants a delimiter: one that no line holds. */
export const NO_DELIMITER = '\x02';

/** What ends a line or a cell in that reader, or a string in a reader below it. */
const UNSAFE_BYTES = [0x00, 0x01, 0x02, CARRIAGE_RETURN];
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

export interface LinePiece {
  /** Belongs to the reader from then on. */
  readonly file: string;
  /** No line of it is longer. */
  readonly longestBytes: number;
}

/** The source cut into files, in order. */
export async function* linePieces(
  bytes: AsyncIterable<Buffer>,
  directory: string,
): AsyncGenerator<LinePiece, undefined> {
  const lines = wholeLines(bytes);
  try {
    for (let number = 1; ; number++) {
      const piece = await writePiece(lines, join(directory, `lines-${number}`));
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    await lines.return(undefined);
  }
}

/** Undefined when there was nothing left to write. */
async function writePiece(
  lines: AsyncGenerator<Buffer, undefined>,
  file: string,
): Promise<LinePiece | undefined> {
  const handle = await open(file, 'w');
  let pieceBytes = 0;
  let longestBytes = 0;
  try {
    while (pieceBytes < PIECE_BYTES) {
      const next = await lines.next();
      if (next.done === true) break;
      await handle.writeFile(next.value);
      pieceBytes += next.value.length;
      longestBytes = Math.max(longestBytes, next.value.length);
    }
  } finally {
    await handle.close();
  }
  return pieceBytes > 0 ? { file, longestBytes } : undefined;
}

/** Blocks of whole lines with their newlines; only a source's last line may have none. */
async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, undefined> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let isFirst = true;
  const begin = (part: Buffer) => {
    begunBytes += part.length;
    if (begunBytes <= MAX_LINE_BYTES || begun.length === 0) begun.push(part);
  };
  const finish = (): Buffer => {
    const bytes = withoutMark(Buffer.concat(begun), isFirst);
    const line =
      begunBytes > MAX_LINE_BYTES
        ? faultyLine(bytes.subarray(0, KEPT_BYTES), `must have at most ${MAX_LINE_BYTES} bytes`)
        : readableLines(bytes);
    begun = [];
    begunBytes = 0;
    isFirst = false;
    return line;
  };
  for await (const bytes of source) {
    const firstEnd = bytes.indexOf(NEWLINE) + 1;
    const lastEnd = bytes.lastIndexOf(NEWLINE) + 1;
    if (firstEnd > 0) {
      begin(bytes.subarray(0, firstEnd));
      yield finish();
      if (lastEnd > firstEnd) yield readableLines(bytes.subarray(firstEnd, lastEnd));
    }
    if (lastEnd < bytes.length) begin(bytes.subarray(lastEnd));
  }
  if (begunBytes > 0) yield finish();
}

function withoutMark(bytes: Buffer, isFirst: boolean): Buffer {
  return isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
}

/** Most blocks pass as they are; the others are looked at line by line. */
function readableLines(block: Buffer): Buffer {
  if (isUtf8(block) && UNSAFE_BYTES.every((byte) => !block.includes(byte))) return block;
  const lines: Buffer[] = [];
  for (let start = 0; start < block.length; ) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline === -1 ? block.length : newline;
    lines.push(readableLine(block.subarray(start, end)));
    start = end + 1;
  }
  return Buffer.concat(lines);
}

function readableLine(line: Buffer): Buffer {
  const text = line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  if (!isUtf8(text)) return faultyLine(text, 'must be UTF-8');
  if (UNSAFE_BYTES.some((byte) => text.includes(byte))) {
    return faultyLine(text, 'must not contain control characters');
  }
  return Buffer.concat([text, Buffer.of(NEWLINE)]);
}

function faultyLine(line: Buffer, reason: string): Buffer {
  const text = UNSAFE_BYTES.reduce(
    (safe, byte) => safe.replaceAll(String.fromCharCode(byte), '\ufffd'),
    line.toString('utf8').trimEnd(),
  );
  return Buffer.from(`${FAULT_MARK}${reason}${FAULT_MARK}${text}\n`);
}
