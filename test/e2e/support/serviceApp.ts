// The analytics service's HTTP app on a folder of lakes, asked without ports, with spies on what it
// opens, renders and logs.

import { join } from 'node:path';
import { vi } from 'vitest';
import { openAudit } from '../../../analytics/audit/audit.ts';
import { GLADLY_LIMITS } from '../../../analytics/http/apiLimit.ts';
import { createApp } from '../../../analytics/http/app.ts';
import { assertionVerifier } from '../../../analytics/http/assertion.ts';
import type { Log } from '../../../analytics/http/logEntry.ts';
import { openOrganisations } from '../../../analytics/lake/organisations.ts';
import { makeSigningKeys } from '../../../analytics/local/signingKeys.ts';
import { KEEP_ALL } from '../../../analytics/runs/execution.ts';
import { DEFAULT_LIMITS } from '../../../analytics/runs/limits.ts';
import { openSpool } from '../../../analytics/runs/spool.ts';
import { openWorkshop } from '../../../analytics/runs/workshop.ts';
import { watchUnderWay } from '../../../analytics/underWay.ts';
import type { Client } from '../../../sql/contract/assertion.ts';
import type { Caller } from '../../../sql/contract/roles.ts';
import { ANALYST, asserted, importSigningKey } from './assertions.ts';

export interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the edge asserts of it, when someone has been let through. */
  readonly client?: Client;
  /** Aborts when whoever asks goes away. */
  readonly signal?: AbortSignal;
}

export type ServiceApp = Awaited<ReturnType<typeof openServiceApp>>;

export async function openServiceApp(dataDir: string, now: Date) {
  const keys = await makeSigningKeys();
  const key = await importSigningKey(keys.privateKey);
  const clock = () => now;
  const spool = await openSpool(join(dataDir, '.spool'), { ...DEFAULT_LIMITS, now: clock });
  const organisations = openOrganisations(
    dataDir,
    {
      spoolDirectory: spool.directory,
      memoryLimit: '500MB',
      maxTempDirectorySize: '1GB',
    },
    (organisation) => underWay.add(organisation.countAllRows()),
  );
  const opened = vi.fn((name: string) => organisations.get(name));
  const rendered = vi.fn((organisation: string) => spool.draft(organisation));
  const log = vi.fn<Log>();
  const answered = vi.fn<Log>();
  const underWay = watchUnderWay();
  const workshop = openWorkshop({
    spool: { ...spool, draft: rendered },
    limits: DEFAULT_LIMITS,
    underWay,
    lead: KEEP_ALL,
    now: clock,
    onEnd: vi.fn(),
  });
  const audit = openAudit(join(dataDir, '.audit'), clock);
  const app = createApp({
    readiness: async () => [],
    isStopping: () => false,
    verify: assertionVerifier(keys.publicKeys),
    organisations: { get: opened },
    runsOf: workshop.runsOf,
    underWay,
    audit,
    apiLimits: GLADLY_LIMITS,
    now: clock,
    log: (entry) => (entry.event === 'request' ? answered : log)(entry),
  });

  /** By default a POST to /download. */
  async function ask(asked: Asked) {
    const { method = 'POST', path = '/download', body = '', headers = {}, signal = null } = asked;
    return app.request(path, { method, headers, signal, ...(body === '' ? {} : { body }) });
  }

  /** Asks as someone whom the edge has let through. */
  async function askAs(caller: Caller, asked: Asked) {
    const { method = 'POST', path = '/download', body = '', headers = {}, client } = asked;
    const assertion = await asserted(key, [method, path, body], caller, now, client);
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
    /** Entries of requests that were answered. */
    answered,
    /** All other entries. */
    log,
    audit,
    underWay,
    async close() {
      await workshop.suspend();
      await underWay.ended();
      await organisations.close();
    },
  };
}
