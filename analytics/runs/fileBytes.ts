// The bytes of a Run's file for one reader, all of them or a range, as they come to be. Ends cleanly
// only when every byte has been handed over; anything else throws.

import { open } from 'node:fs/promises';
import type { RunReader } from './reader.ts';

const CHUNK_BYTES = 512 * 1024;

/** Bytes of the file, both included; without an end, to the file's own. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

async function* fileChunks(
  path: string,
  start: number,
  end: number,
  buffer: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (let position = start; position < end; ) {
      const size = Math.min(buffer.byteLength, end - position);
      const { bytesRead } = await file.read(buffer, 0, size, position);
      if (bytesRead === 0) throw new Error('Cannot read on: the part is shorter than it was');
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/**
 * Each chunk is good until the next one is asked for: they share one buffer, because memory of its own
 * for each costs a twentieth of a Run's time and 30 MB. The reader leaves when this ends, however it ends.
 */
export async function* fileBytes(
  reader: RunReader,
  range: ByteRange = { start: 0, end: Number.POSITIVE_INFINITY },
): AsyncGenerator<Uint8Array, void, undefined> {
  let position = 0;
  let buffer: Uint8Array | undefined;
  /** Where a piece of so many bytes lies in the range, counted from the piece's first byte. */
  function within(bytes: number): { from: number; to: number } {
    const from = Math.min(bytes, Math.max(0, range.start - position));
    const to = Math.max(from, Math.min(bytes, range.end + 1 - position));
    position += bytes;
    return { from, to };
  }
  try {
    const first = within(reader.first.length);
    if (first.to > first.from) yield reader.first.subarray(first.from, first.to);
    for (let index = 0; index < reader.count && position <= range.end; index += 1) {
      const { path, bytes } = await reader.part(index);
      const { from, to } = within(bytes);
      if (to > from) {
        buffer ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
        for await (const chunk of fileChunks(path, from, to, buffer)) {
          reader.assertHere(); // what has been forgotten is not handed out
          yield chunk;
        }
      }
      reader.passed(index);
    }
    await reader.whole();
    const last = within(reader.last.length);
    if (last.to > last.from) yield reader.last.subarray(last.from, last.to);
  } finally {
    reader.leave();
  }
}
