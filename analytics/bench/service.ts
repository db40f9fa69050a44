// The analytics service as a process of its own, with an empty spool, and a client that it trusts as
// it trusts the edge.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { importJWK, SignJWT } from 'jose';
import {
  ASSERTION_ALGORITHM,
  ASSERTION_AUDIENCE,
  ASSERTION_ISSUER,
  requestHash,
} from '../../sql/contract/assertion.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import type { Run } from '../../sql/contract/run.ts';
import { CommandFailure } from '../failure.ts';
import type { SigningKeys } from '../local/signingKeys.ts';
import { type Body, request } from './request.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

export interface ServiceOptions {
  readonly dataDir: string;
  /** A folder that does not exist yet. */
  readonly spool: string;
  readonly port: number;
  readonly keys: SigningKeys;
  readonly caller: Caller;
  readonly signal: AbortSignal;
}

export interface MeasuredService {
  readonly pid: number;
  readonly download: (run: Run) => Promise<Body>;
  readonly stop: () => Promise<void>;
}

/** Resolves when it has opened the caller's organisation: what is measured then is Runs alone. */
export async function startMeasuredService(options: ServiceOptions): Promise<MeasuredService> {
  const { dataDir, spool, port, keys, caller, signal } = options;
  const child = spawn(
    process.execPath,
    [CLI, 'serve', `--data=${dataDir}`, `--spool=${spool}`, `--port=${port}`],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ASSERTION_PUBLIC_KEYS: JSON.stringify(keys.publicKeys) },
      signal,
    },
  );
  const gone = once(child, 'exit');
  gone.catch(() => {}); // an abort is told by whoever asks for something
  const listening = Promise.withResolvers<string>();
  createInterface(child.stderr).on('line', (line) => {
    const [, url] = /listens on (\S+)$/.exec(line) ?? [];
    if (url !== undefined) listening.resolve(url);
  });
  const url = await Promise.race([listening.promise, gone.then(() => undefined)]);
  const { pid } = child;
  if (url === undefined || pid === undefined) {
    throw new CommandFailure('Cannot start the analytics service to measure');
  }

  const { kid, ...jwk } = JSON.parse(keys.privateKey);
  const key = await importJWK(jwk, ASSERTION_ALGORITHM);
  async function ask(method: string, path: string, body: string) {
    const assertion = await new SignJWT({ caller, request: await requestHash(method, path, body) })
      .setProtectedHeader({ alg: ASSERTION_ALGORITHM, kid })
      .setIssuer(ASSERTION_ISSUER)
      .setAudience(ASSERTION_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(key);
    const headers = { Authorization: `Bearer ${assertion}`, 'Content-Type': 'application/json' };
    return request(url + path, { method, headers, body });
  }
  for await (const _ of await ask('GET', '/organisation', ''));

  return {
    pid,
    download: (run) => ask('POST', '/download', JSON.stringify(run)),
    async stop() {
      child.kill('SIGTERM');
      await gone;
    },
  };
}
