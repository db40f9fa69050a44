// The analytics service, put together: lakes, spool, keys and HTTP. Reads no environment.

import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import type { JSONWebKeySet } from 'jose';
import { openAudit } from './audit/audit.ts';
import { holdLock } from './engine/lock.ts';
import { CommandFailure } from './failure.ts';
import type { ApiLimits } from './http/apiLimit.ts';
import { createApp } from './http/app.ts';
import { assertionVerifier } from './http/assertion.ts';
import { sendDirectly } from './http/direct.ts';
import type { Log } from './http/log.ts';
import { openOrganisations } from './lake/organisations.ts';
import { KEEP_ALL } from './runs/execution.ts';
import type { RunLimits } from './runs/limits.ts';
import { openSpool, SERVICE_SPOOL, SPOOL_LOCK } from './runs/spool.ts';
import { openWorkshop } from './runs/workshop.ts';
import { watchUnderWay } from './underWay.ts';

const SWEEP_INTERVAL_MS = 60_000;

export interface ServiceSettings {
  readonly dataDir: string;
  readonly spoolDir: string;
  readonly auditDir: string;
  readonly memoryLimit: string;
  readonly maxTempDirectorySize: string;
  readonly limits: RunLimits;
  /** The edge's public keys. */
  readonly publicKeys: JSONWebKeySet;
  readonly apiLimits: ApiLimits;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly now: () => Date;
  readonly log: Log;
}

export interface Service {
  readonly url: string;
  close(): Promise<void>;
}

/** Listens, or fails with a sentence that says how to choose another port. */
export async function startService(settings: ServiceSettings): Promise<Service> {
  const { dataDir, memoryLimit, maxTempDirectorySize, limits, apiLimits } = settings;
  const { host, port, now, log } = settings;
  const { spoolDir } = settings;
  const lock = await holdLock(join(spoolDir, SPOOL_LOCK), `use the spool ${spoolDir}`);
  const spool = await openSpool(join(spoolDir, SERVICE_SPOOL), { ...limits, now });
  const underWay = watchUnderWay();
  const organisations = openOrganisations(
    dataDir,
    { spoolDirectory: spool.directory, memoryLimit, maxTempDirectorySize },
    (organisation) => underWay.add(organisation.countAllRows()),
  );
  const audit = openAudit(settings.auditDir, now);
  const verify = assertionVerifier(settings.publicKeys);
  const workshop = openWorkshop({
    spool,
    limits,
    underWay,
    lead: KEEP_ALL,
    now,
    onEnd: ({ id, run, state, rows, bytes }, error) =>
      log({ event: 'run', run: id, report: run.report, state, rows, bytes, error }),
  });
  const { runsOf } = workshop;
  const app = createApp({ verify, organisations, runsOf, underWay, audit, apiLimits, now, log });
  const sweeping = setInterval(() => {
    workshop.sweep().catch((error) => log({ event: 'error', during: 'sweep', error }));
  }, SWEEP_INTERVAL_MS).unref();

  const release = async () => {
    clearInterval(sweeping);
    await workshop.suspend();
    await underWay.ended();
    await organisations.close();
    lock.release();
  };

  const listening = Promise.withResolvers<AddressInfo>();
  const fetch = sendDirectly(async (request, env) => app.fetch(request, env));
  const server = serve({ fetch, hostname: host, port }, listening.resolve);
  server.once('error', listening.reject);
  const connections = watchUnderWay();
  server.on('connection', (socket: Socket) => {
    connections.add(new Promise((resolve) => socket.once('close', resolve)));
  });
  try {
    const address = await listening.promise;
    return {
      url: `http://${host}:${address.port}`,
      close: async () => {
        const closed = new Promise((resolve) => server.close(resolve));
        if ('closeAllConnections' in server) server.closeAllConnections();
        await closed;
        await connections.ended(); // before a Run stops, those who read it know that they have gone
        await release();
      },
    };
  } catch (error) {
    await release();
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CommandFailure(
      `Cannot listen on ${host}:${port}: the port is taken; choose another with --port`,
    );
  }
}
