// The lines of a file from an offset on, each with where it ends; a last one that lacks its line break
// was torn by a crash, or is being written. Knows nothing of what they say.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ifMissing } from '../lake/ifMissing.ts';

export interface TextLine {
  readonly text: string;
  /** Offset behind it and its line break. */
  readonly end: number;
  readonly isTorn: boolean;
}

const LINE_FEED = 0x0a;

/** Up to where the file ends now; no lines when there is no file. */
export async function* readLines(path: string, start = 0): AsyncGenerator<TextLine, void> {
  const size = await stat(path).then((found) => found.size, ifMissing(0));
  if (size <= start) return;
  let rest: Buffer = Buffer.alloc(0);
  let offset = start;
  for await (const chunk of createReadStream(path, { start, end: size - 1 })) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      offset += end + 1;
      yield { text: rest.toString('utf8', 0, end), end: offset, isTorn: false };
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) {
    yield { text: rest.toString('utf8'), end: offset + rest.length, isTorn: true };
  }
}
