// Compressed pieces of a Run's file, one after the other, each as soon as its plain part is there. A
// piece that lies in the spool already is made again, because the next one continues it.

import { type Encoding, openCompressor } from '../formats/compress.ts';
import type { RunFile } from './runFile.ts';
import type { HeldPart, PartName, Spool } from './spool.ts';

export interface Pieces {
  /** The piece that follows the last one, made of a plain part's file. */
  next(plain: HeldPart): Promise<HeldPart>;
  end(): Promise<HeldPart>;
  close(): void;
}

export function openPieces(
  spool: Spool,
  encoding: Encoding,
  plain: Pick<RunFile, 'first' | 'last'>,
  names: readonly PartName[],
): Pieces {
  const compressor = openCompressor(encoding, plain.first);
  let index = 0;

  async function make(rows: number, write: (draft: string) => Promise<void>): Promise<HeldPart> {
    const name = names[index];
    if (name === undefined) throw new RangeError('Cannot make more pieces than the file has');
    index += 1;
    const draft = await spool.draft(name.organisation);
    try {
      await write(draft);
      return spool.hold(name) ?? (await spool.add(draft, name, rows));
    } finally {
      await spool.discard(draft);
    }
  }

  return {
    next: (part) => make(part.rows, (draft) => compressor.piece(part.path, draft)),
    end: () => make(0, (draft) => compressor.end(plain.last, draft)),
    close: () => compressor.close(),
  };
}
