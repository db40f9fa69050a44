// SHA-256 of files made of parts. Two files that begin with the same parts are hashed alike as far as
// that goes, so what comes before the first difference is read once: of tomorrow's Run over the same
// quarter, the last days alone. Trusts that parts of the same name have the same bytes.

import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { type Id, idOf } from './identity.ts';
import type { PartName } from './spool.ts';

const CHUNK_BYTES = 1024 * 1024;

/** The state of a hash takes less than a kilobyte; a Run of ten million rows leaves some 50. */
const MOST_STATES = 4096;

export interface FileHash {
  /** Takes the next part, which lies at the path. */
  add(name: PartName, path: string): Promise<void>;
  /** The hash of all of it, in hex. */
  end(last: Uint8Array): string;
}

/** Begins a file with its first bytes. */
export type PrefixHashes = (first: Uint8Array) => FileHash;

async function update(hash: Hash, path: string): Promise<void> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES); // one for all: a hash keeps nothing
  const file = await open(path);
  try {
    for (let bytesRead = -1; bytesRead !== 0; ) {
      ({ bytesRead } = await file.read(chunk, 0, chunk.length));
      hash.update(chunk.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

export function openPrefixHashes(): PrefixHashes {
  const states = new Map<Id, Hash>();

  function keep(id: Id, hash: Hash): void {
    states.delete(id);
    states.set(id, hash);
    const [oldest = id] = states.keys();
    if (states.size > MOST_STATES) states.delete(oldest);
  }

  return (first) => {
    let hash = createHash('sha256').update(first);
    let id = idOf(Buffer.from(first).toString('base64'));
    return {
      async add(name, path) {
        id = idOf([id, name]);
        const known = states.get(id);
        if (known === undefined) await update(hash, path);
        else hash = known.copy();
        keep(id, hash.copy());
      },
      end: (last) => hash.update(last).digest('hex'),
    };
  };
}
