// The analytics service's HTTP app on a folder of lakes, asked without ports, with spies on what it
// opens, renders and logs.

import { vi } from 'vitest';
import { GLADLY_LIMITS } from '../../../analytics/http/apiLimit.ts';
import { createApp } from '../../../analytics/http/app.ts';
import { assertionVerifier } from '../../../analytics/http/assertion.ts';
import type { Log } from '../../../analytics/http/log.ts';
import { watchUnderWay } from '../../../analytics/http/underWay.ts';
import { openOrganisations } from '../../../analytics/lake/organisations.ts';
import { makeSigningKeys } from '../../../analytics/local/signingKeys.ts';
import { openSpool, type Spool } from '../../../analytics/runs/spool.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import { ANALYST, asserted, importSigningKey } from './assertions.ts';

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type ServiceApp = Awaited<ReturnType<typeof openServiceApp>>;

export async function openServiceApp(dataDir: string, now: Date) {
  const keys = await makeSigningKeys();
  const key = await importSigningKey(keys.privateKey);
  const spool = await openSpool(dataDir);
  const organisations = openOrganisations(dataDir, {
    spoolDirectory: spool.directory,
    memoryLimit: '500MB',
    maxTempDirectorySize: '1GB',
  });
  const opened = vi.fn((name: string) => organisations.get(name));
  const rendered = vi.fn((own: Spool, extension: string) => own.newPath(extension));
  const countedSpool = (own: Spool): Spool => ({
    ...own,
    newPath: (extension) => rendered(own, extension),
  });
  const log = vi.fn<Log>();
  const app = createApp({
    verify: assertionVerifier(keys.publicKeys),
    organisations: { get: opened },
    spool: { ...spool, of: (name) => countedSpool(spool.of(name)) },
    underWay: watchUnderWay(),
    apiLimits: GLADLY_LIMITS,
    now: () => now,
    log,
  });

  /** By default a POST to /download. */
  async function ask({ method = 'POST', path = '/download', body = '', headers = {} }: Asked) {
    return app.request(path, { method, headers, ...(body === '' ? {} : { body }) });
  }

  /** Asks as someone whom the edge has let through. */
  async function askAs(caller: Caller, asked: Asked) {
    const { method = 'POST', path = '/download', body = '', headers = {} } = asked;
    const assertion = await asserted(key, [method, path, body], caller, now);
    return ask({ ...asked, headers: { ...headers, ...assertion } });
  }

  return {
    key,
    publicKeys: keys.publicKeys.keys,
    ask,
    askAs,
    /** Downloads a Run, given as what its JSON says. */
    download: (run: unknown, caller: Caller = ANALYST) =>
      askAs(caller, { body: JSON.stringify(run) }),
    opened,
    rendered,
    log,
    async close() {
      await organisations.close();
      await spool.close();
    },
  };
}
