// The analytics service, put together: lakes, spool, keys and HTTP. Reads no environment.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { JSONWebKeySet } from 'jose';
import { openAudit } from './audit/audit.ts';
import { holdLock } from './engine/lock.ts';
import type { ApiLimits } from './http/apiLimit.ts';
import { createApp } from './http/app.ts';
import { assertionVerifier } from './http/assertion.ts';
import { sendDirectly } from './http/direct.ts';
import type { Log, RunEntry } from './http/logEntry.ts';
import { openOrganisations } from './lake/organisations.ts';
import { type Address, type Listener, listen } from './listen.ts';
import { METRICS_PATH, openMetrics } from './metrics/metrics.ts';
import { openReadiness } from './readiness.ts';
import { KEEP_ALL } from './runs/execution.ts';
import type { RunLimits } from './runs/limits.ts';
import type { WorkEnd } from './runs/run.ts';
import { openSpool, SERVICE_SPOOL, SPOOL_LOCK } from './runs/spool.ts';
import { openWorkshop } from './runs/workshop.ts';
import { watchUnderWay } from './underWay.ts';

const SWEEP_INTERVAL_MS = 60_000;

export interface ServiceSettings extends Address {
  readonly dataDir: string;
  readonly spoolDir: string;
  readonly auditDir: string;
  readonly memoryLimit: string;
  readonly maxTempDirectorySize: string;
  readonly limits: RunLimits;
  /** The edge's public keys. */
  readonly publicKeys: JSONWebKeySet;
  readonly apiLimits: ApiLimits;
  /** Where metrics are read; nowhere, and none are kept, when it is left out. */
  readonly metrics?: Address;
  readonly now: () => Date;
  readonly log: Log;
}

export interface Service {
  readonly url: string;
  readonly metricsUrl: string | undefined;
  /** Refuses new work; resolves when what is under way has ended, or the time is over. */
  drain(withinMs: number): Promise<void>;
  /** Breaks off whatever is under way. Runs that somebody asked for go on in a later process. */
  close(): Promise<void>;
}

function runEntry({ record, organisation, queuedMs, totalMs, error }: WorkEnd): RunEntry {
  const { id, run, state, problem, rows, bytes } = record;
  return {
    event: 'run',
    run: id,
    organisation,
    report: run.report,
    format: run.parameters.format,
    state,
    ...(problem === null ? {} : { problem: problem.kind }),
    rows,
    bytes,
    ...(queuedMs === undefined ? {} : { queuedMs }),
    totalMs,
    error,
  };
}

/** Listens, or fails with a sentence that says how to choose another port. */
export async function startService(settings: ServiceSettings): Promise<Service> {
  const { dataDir, memoryLimit, maxTempDirectorySize, limits, apiLimits } = settings;
  const { spoolDir, auditDir, now } = settings;
  await mkdir(auditDir, { recursive: true });
  const lock = await holdLock(join(spoolDir, SPOOL_LOCK), `use the spool ${spoolDir}`);
  const spool = await openSpool(join(spoolDir, SERVICE_SPOOL), { ...limits, now });
  const underWay = watchUnderWay();
  const organisations = openOrganisations(
    dataDir,
    { spoolDirectory: spool.directory, memoryLimit, maxTempDirectorySize },
    (organisation) => underWay.add(organisation.countAllRows()),
  );
  const audit = openAudit(auditDir, now);
  const verify = assertionVerifier(settings.publicKeys);
  const workshop = openWorkshop({
    spool,
    limits,
    underWay,
    lead: KEEP_ALL,
    now,
    onEnd: (end) => log(runEntry(end)),
  });
  const metrics =
    settings.metrics &&
    openMetrics({ spool, spoolLimit: limits.maxBytes, workshop, organisations, underWay });
  const log: Log = (entry) => {
    metrics?.count(entry);
    settings.log(entry);
  };
  let isStopping = false;
  const readiness = openReadiness({
    dataDir,
    spoolDir,
    auditDir,
    isStopping: () => isStopping,
    now,
  });
  const { runsOf } = workshop;
  const app = createApp({
    readiness,
    isStopping: () => isStopping,
    verify,
    organisations,
    runsOf,
    underWay,
    audit,
    apiLimits,
    now,
    log,
  });
  const sweeping = setInterval(() => {
    workshop.sweep().catch((error) => log({ event: 'error', during: 'sweep', error }));
  }, SWEEP_INTERVAL_MS).unref();

  const listeners: Listener[] = [];
  /** Before a Run stops, those who read it know that they have gone. */
  const close = async () => {
    clearInterval(sweeping);
    for (const listener of listeners) await listener.close();
    await workshop.suspend();
    await underWay.ended();
    await organisations.close();
    lock.release();
  };

  try {
    const fetch = sendDirectly(async (request, env) => app.fetch(request, env));
    const main = await listen(fetch, settings, '--port');
    listeners.push(main);
    let metricsUrl: string | undefined;
    if (metrics !== undefined && settings.metrics !== undefined) {
      const scraped = await listen(metrics.fetch, settings.metrics, '--metrics-port');
      listeners.push(scraped);
      metricsUrl = scraped.url + METRICS_PATH;
    }
    return {
      url: main.url,
      metricsUrl,
      async drain(withinMs) {
        isStopping = true;
        log({ event: 'stopping', withinMs });
        const patience = new AbortController();
        const finished = underWay.ended().then(() => main.finish());
        await Promise.race([finished, setTimeout(withinMs, undefined, patience)]);
        patience.abort();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
