// The file of a Run for one who reads it, part by part, each when it is there; held on disk until the
// reader is past it. Knows nothing of how the parts come about.

import { ProblemError } from '../../sql/contract/problem.ts';
import { problemOf } from './failure.ts';
import type { RunFile } from './runFile.ts';
import type { HeldPart, Spool } from './spool.ts';

export interface RunReader {
  readonly first: Uint8Array;
  readonly count: number;
  readonly last: Uint8Array;
  /** Of the whole file as this reader gets it; undefined unless all of it is there already. */
  readonly knownBytes: number | undefined;
  /** The same, waiting until all of it is there. */
  totalBytes(): Promise<number>;
  /** Waits for the part; rejects when the Run ends without it. */
  part(index: number): Promise<HeldPart>;
  /** Says that the part has been read. */
  passed(index: number): void;
  /** Resolves once the Run is complete: only then has everything been read. */
  whole(): Promise<void>;
  /** Rejects when the reader has left. */
  readonly left: Promise<never>;
  /** Throws once the reader has left. */
  assertHere(): void;
  /** Nothing more is read; whoever waits for a part is told why. */
  readonly leave: (reason?: unknown) => void;
}

export interface ReaderTools {
  readonly spool: Spool;
  /** Makes a part of the file, or waits for whoever makes it. */
  readonly make: (index: number) => Promise<HeldPart>;
  readonly whole: () => Promise<void>;
  readonly onPassed: (index: number) => void;
  readonly onLeave: () => void;
}

export function openReader(file: RunFile, tools: ReaderTools): RunReader {
  const held = file.parts.map((name) => tools.spool.hold(name));
  const isThere = held.every((part) => part !== undefined);
  const ends = file.first.length + file.last.length;
  const bytes = held.reduce((sum, part) => sum + (part?.bytes ?? 0), ends);
  const gone = new AbortController();
  const left = new Promise<never>((_, reject) => {
    gone.signal.addEventListener('abort', () => reject(gone.signal.reason));
  });
  left.catch(() => {}); // told to whoever waits for a part

  const reader: RunReader = {
    left,
    assertHere: () => gone.signal.throwIfAborted(),
    first: file.first,
    count: file.parts.length,
    last: file.last,
    knownBytes: isThere ? bytes : undefined,
    async totalBytes() {
      try {
        let total = ends;
        for (const index of file.parts.keys()) total += (await reader.part(index)).bytes;
        await Promise.race([tools.whole(), left]);
        return total;
      } catch (error) {
        throw new ProblemError(problemOf(error));
      }
    },
    async part(index) {
      gone.signal.throwIfAborted();
      const known = held[index];
      if (known !== undefined) return known;
      const made = tools.make(index).then((part) => {
        if (gone.signal.aborted) part.release();
        else held[index] = part;
        return part;
      });
      return Promise.race([made, left]);
    },
    passed(index) {
      held[index]?.release();
      tools.onPassed(index);
    },
    whole: tools.whole,
    leave(reason) {
      if (gone.signal.aborted) return;
      gone.abort(reason);
      for (const part of held) part?.release();
      tools.onLeave();
    },
  };
  return reader;
}
