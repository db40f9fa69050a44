// What others do, as processes to start: they live with the tests and are installed apart, because
// nothing of ours needs them.

import { createRequire } from 'node:module';
import { CommandFailure } from '../failure.ts';

const FOLDER = new URL('../../test/bench/peers/', import.meta.url);

export const PEERS = {
  'csv-stringify': new URL('csvStringify.ts', FOLDER),
  chdb: new URL('chdb.ts', FOLDER),
} as const;

export type PeerName = keyof typeof PEERS;

/** Fails with what to do when a peer is not there to be measured. */
export function assertPeersInstalled(): void {
  try {
    createRequire(new URL('package.json', FOLDER)).resolve('chdb');
  } catch {
    throw new CommandFailure(
      'Cannot measure the peers: chDB is not installed; install it with: npm install --prefix test/bench/peers',
    );
  }
}
