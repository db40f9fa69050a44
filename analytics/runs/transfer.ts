// A Run's file compressed for those who take it so: its pieces made once, however many read them, and
// no longer than someone does.

import type { Encoding } from '../formats/compress.ts';
import type { UnderWay } from '../underWay.ts';
import { openPieces } from './pieces.ts';
import { compressedFile, type FilePlan, plainFile } from './runFile.ts';
import type { HeldPart, Spool } from './spool.ts';

export interface Transfer {
  /** Waits for the piece; the caller releases it. */
  piece(index: number): Promise<HeldPart>;
  /** Lets go of the pieces; resolves when none is being made any more. */
  close(): Promise<void>;
}

export interface TransferTools {
  readonly spool: Spool;
  readonly underWay: UnderWay;
  /** A part of the file as it is; the caller releases it. */
  readonly plainPart: (index: number) => Promise<HeldPart>;
}

const unheard = () => {}; // a rejection that is told where it is waited for

export function openTransfer(
  plan: FilePlan,
  header: Uint8Array,
  encoding: Encoding,
  { spool, underWay, plainPart }: TransferTools,
): Transfer {
  const plain = plainFile(plan, header);
  const { parts } = compressedFile(plan, plain, encoding);
  const made = parts.map(() => Promise.withResolvers<HeldPart>());
  for (const { promise } of made) promise.catch(unheard);
  const held: HeldPart[] = [];
  const closed = new AbortController();

  async function makeAll(): Promise<void> {
    const pieces = openPieces(spool, encoding, plain, parts);
    try {
      for (const index of plain.parts.keys()) {
        const part = await plainPart(index);
        try {
          keep(index, await pieces.next(part));
        } finally {
          part.release();
        }
      }
      keep(plain.parts.length, await pieces.end());
    } finally {
      pieces.close();
    }
  }

  function keep(index: number, piece: HeldPart): void {
    held.push(piece);
    if (closed.signal.aborted) letGo();
    closed.signal.throwIfAborted();
    made[index]?.resolve(piece);
  }

  function letGo(): void {
    for (const piece of held.splice(0)) piece.release();
  }

  const ended = makeAll().catch((error) => {
    for (const { reject } of made) reject(error);
  });
  underWay.add(ended);

  return {
    async piece(index) {
      const slot = made[index];
      if (slot === undefined) throw new RangeError(`Cannot read piece ${index}: there is none`);
      return (await slot.promise).again();
    },
    async close() {
      closed.abort();
      letGo();
      for (const { reject } of made) reject(closed.signal.reason);
      await ended;
    },
  };
}
