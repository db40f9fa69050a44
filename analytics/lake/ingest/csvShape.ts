// How many records a CSV file has and whether it ends where a record does (RFC 4180): DuckDB's reader
// drops a last record whose quote is never closed without a word. Reads bytes, keeps none.

import { createReadStream } from 'node:fs';

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

export interface CsvShape {
  /** With the header. */
  readonly records: number;
  /** True when the last cell was opened with a quote and never closed. */
  readonly endsInsideQuotes: boolean;
  /** False also for an empty file. */
  readonly endsWithNewline: boolean;
}

export async function csvShape(file: string): Promise<CsvShape> {
  let isQuoted = false;
  let previous = NEWLINE;
  let bytesRead = 0;
  let newlines = 0;
  for await (const chunk of createReadStream(file)) {
    const bytes = chunk as Buffer;
    let start = 0;
    for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
      const before = at === 0 ? previous : bytes[at - 1];
      if (!isQuoted) newlines += countNewlines(bytes.subarray(start, at));
      start = at;
      // a doubled quote closes the cell and opens it again
      if (isQuoted) isQuoted = false;
      else if (before === COMMA || before === NEWLINE || before === QUOTE) isQuoted = true;
    }
    if (!isQuoted) newlines += countNewlines(bytes.subarray(start));
    previous = bytes.at(-1) ?? previous;
    bytesRead += bytes.length;
  }
  const endsWithNewline = bytesRead > 0 && previous === NEWLINE && !isQuoted;
  const hasOpenRecord = bytesRead > 0 && !endsWithNewline;
  return { records: newlines + Number(hasOpenRecord), endsInsideQuotes: isQuoted, endsWithNewline };
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
