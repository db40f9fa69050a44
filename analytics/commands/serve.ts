// `serve`: the analytics service, until it is told to stop (SPEC 6).

import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { JSONWebKeySet } from 'jose';
import * as v from 'valibot';
import { PublicSigningKeys } from '../../sql/contract/signingKeys.ts';
import { UsageError } from '../failure.ts';
import { GLADLY_LIMITS } from '../http/apiLimit.ts';
import { jsonLog, LOG_LEVELS, type LogLevel } from '../http/log.ts';
import { startService } from '../service.ts';
import { type AuditOption, auditFolder, auditOption } from './auditOption.ts';
import { addEngineOptions, type EngineOptions, spoolFolder } from './engineOptions.ts';
import { type Example, examples } from './examples.ts';
import { addLimitOptions, limitsOf } from './limitOptions.ts';
import { dataOption, MAX_PORT, parseCount, parsePort, wholeNumberOption } from './options.ts';
import { stopSignal } from './stopSignal.ts';

export const DEFAULT_ANALYTICS_PORT = 8788;

/** Kubernetes kills what has not ended 30 seconds after it was told to. */
const DEFAULT_STOP_WITHIN_SECONDS = 25;
const MAX_STOP_WITHIN_SECONDS = 86_400;

const PublicKeys = v.pipe(v.string(), v.parseJson(), PublicSigningKeys);

function parsePublicKeys(text: string): JSONWebKeySet {
  const result = v.safeParse(PublicKeys, text);
  if (!result.success) {
    throw new UsageError(
      'ASSERTION_PUBLIC_KEYS must be a JWK Set of Ed25519 public keys, each with a kid',
    );
  }
  return result.output;
}

interface Options extends EngineOptions, AuditOption {
  readonly host: string;
  readonly port: number;
  readonly publicKeys: JSONWebKeySet;
  readonly apiPerMinute: number;
  readonly apiAtOnce: number;
  readonly metricsHost: string;
  readonly metricsPort?: number;
  readonly logLevel: LogLevel;
  readonly stopWithin: number;
  readonly [limit: string]: unknown;
}

const EXAMPLES: readonly Example[] = [
  {
    does: 'for an edge worker on the same machine',
    line: 'ASSERTION_PUBLIC_KEYS=\'{"keys":[…]}\' ai-sessions serve --data /srv/lake --port 8788',
  },
];

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('the analytics service that the edge worker asks')
    .addHelpText('after', examples(EXAMPLES))
    .addOption(dataOption())
    .addOption(auditOption())
    .addOption(new Option('--host <host>', 'address to listen on').env('HOST').default('127.0.0.1'))
    .addOption(
      new Option('--port <port>', 'port to listen on')
        .env('PORT')
        .argParser(parsePort)
        .default(DEFAULT_ANALYTICS_PORT),
    )
    .addOption(
      new Option('--public-keys <json>', 'JWK Set with the edge’s public keys')
        .env('ASSERTION_PUBLIC_KEYS')
        .argParser(parsePublicKeys)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--api-per-minute <n>', 'reports that an organisation may begin through the API')
        .env('AI_SESSIONS_API_PER_MINUTE')
        .argParser(parseCount('--api-per-minute'))
        .default(GLADLY_LIMITS.perMinute),
    )
    .addOption(
      new Option('--api-at-once <n>', 'reports that an organisation may download at once by it')
        .env('AI_SESSIONS_API_AT_ONCE')
        .argParser(parseCount('--api-at-once'))
        .default(GLADLY_LIMITS.atOnce),
    )
    .addOption(
      wholeNumberOption(
        'metrics-port',
        'port for Prometheus to read metrics from (default: none)',
        0,
        MAX_PORT,
      ).env('AI_SESSIONS_METRICS_PORT'),
    )
    .addOption(
      new Option('--metrics-host <host>', 'address to listen on for it')
        .env('AI_SESSIONS_METRICS_HOST')
        .default('127.0.0.1'),
    )
    .addOption(
      new Option('--log-level <level>', 'the least level that is logged')
        .env('AI_SESSIONS_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info'),
    )
    .addOption(
      wholeNumberOption(
        'stop-within',
        'seconds for what is under way when the service is told to stop',
        0,
        MAX_STOP_WITHIN_SECONDS,
      )
        .env('AI_SESSIONS_STOP_WITHIN')
        .default(DEFAULT_STOP_WITHIN_SECONDS),
    );
  return addLimitOptions(addEngineOptions(command)).action(run);
}

const now = () => new Date();

async function run(options: Options): Promise<void> {
  const stop = stopSignal();
  const service = await startService({
    dataDir: resolve(options.data),
    spoolDir: resolve(spoolFolder(options)),
    auditDir: auditFolder(options),
    limits: limitsOf(options),
    memoryLimit: options.memoryLimit,
    maxTempDirectorySize: options.maxTempSize,
    publicKeys: options.publicKeys,
    apiLimits: { perMinute: options.apiPerMinute, atOnce: options.apiAtOnce },
    host: options.host,
    port: options.port,
    ...(options.metricsPort === undefined
      ? {}
      : { metrics: { host: options.metricsHost, port: options.metricsPort } }),
    now,
    log: jsonLog(options.logLevel, now),
  });
  process.stderr.write(`The analytics service listens on ${service.url}\n`);
  if (service.metricsUrl !== undefined) {
    process.stderr.write(`Metrics are at ${service.metricsUrl}\n`);
  }
  if (!stop.aborted) await once(stop, 'abort');
  await service.drain(options.stopWithin * 1000);
  await service.close();
}
