// Tells a CSV file that was cut off inside a quoted cell: DuckDB's reader drops such a last record
// without a word. Reads bytes, keeps none.

import { createReadStream } from 'node:fs';

const QUOTE = 0x22;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** True when the last cell was opened with a quote and never closed (RFC 4180). */
export async function endsInsideQuotes(file: string): Promise<boolean> {
  let isQuoted = false;
  let previous = NEWLINE;
  for await (const chunk of createReadStream(file)) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
      const before = at === 0 ? previous : bytes[at - 1];
      // a doubled quote closes the cell and opens it again
      if (isQuoted) isQuoted = false;
      else if (before === COMMA || before === NEWLINE || before === QUOTE) isQuoted = true;
    }
    previous = bytes.at(-1) ?? previous;
  }
  return isQuoted;
}
