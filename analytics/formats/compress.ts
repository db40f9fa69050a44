// Compression of a file that comes in pieces, quick rather than small (DESIGN 4). The pieces that come
// out are one stream: not every reader goes on after the first of several gzip members or zstd frames.

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

export const ENCODINGS = ['zstd', 'gzip'] as const;

export type Encoding = (typeof ENCODINGS)[number];

const CHUNK_BYTES = 1024 * 1024;

function createCompressor(encoding: Encoding) {
  return encoding === 'gzip'
    ? { stream: createGzip({ level: 1 }), flush: constants.Z_SYNC_FLUSH }
    : {
        stream: createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
        flush: constants.ZSTD_e_flush,
      };
}

/** What ends with a call back, as a promise. */
function done(begin: (settle: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    begin((error) => (error ? reject(error) : resolve()));
  });
}

export interface Compressor {
  /** Writes what becomes of the bytes, or of a file's, to a new file. */
  piece(source: Uint8Array | string, target: string): Promise<void>;
  /** Writes the end of the stream to a new file. */
  end(last: Uint8Array, target: string): Promise<void>;
  close(): void;
}

/** The first bytes of the file go into the first piece. */
export function openCompressor(encoding: Encoding, first: Uint8Array): Compressor {
  const { stream, flush } = createCompressor(encoding);
  const made: Uint8Array[] = [];
  stream.on('data', (chunk: Buffer) => made.push(chunk));
  let isBegun = false;

  async function put(bytes: Uint8Array, file: FileHandle): Promise<void> {
    if (bytes.length > 0) await done((settle) => stream.write(bytes, settle));
    for (const chunk of made.splice(0)) await file.writeFile(chunk);
  }

  async function writeTo(target: string, write: (file: FileHandle) => Promise<void>) {
    const file = await open(target, 'wx');
    try {
      if (!isBegun) await put(first, file);
      isBegun = true;
      await write(file);
    } finally {
      await file.close();
    }
  }

  return {
    piece: (source, target) =>
      writeTo(target, async (file) => {
        const chunks =
          typeof source === 'string'
            ? createReadStream(source, { highWaterMark: CHUNK_BYTES })
            : [source];
        for await (const chunk of chunks) await put(chunk, file);
        await done((settle) => stream.flush(flush, settle));
        await put(new Uint8Array(), file);
      }),
    end: (last, target) =>
      writeTo(target, async (file) => {
        await put(last, file);
        const ended = once(stream, 'end');
        stream.end();
        await ended;
        await put(new Uint8Array(), file);
      }),
    close: () => stream.destroy(),
  };
}
