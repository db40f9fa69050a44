// `serve`: the analytics service, until it is told to stop (SPEC 6).

import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { JSONWebKeySet } from 'jose';
import * as v from 'valibot';
import { PublicSigningKeys } from '../../sql/contract/signingKeys.ts';
import { UsageError } from '../failure.ts';
import { GLADLY_LIMITS } from '../http/apiLimit.ts';
import { jsonLog } from '../http/log.ts';
import { startService } from '../service.ts';
import { type AuditOption, auditFolder, auditOption } from './auditOption.ts';
import { addEngineOptions, type EngineOptions, spoolFolder } from './engineOptions.ts';
import { addLimitOptions, limitsOf } from './limitOptions.ts';
import { dataOption, parseCount, parsePort } from './options.ts';
import { stopSignal } from './stopSignal.ts';

export const DEFAULT_ANALYTICS_PORT = 8788;

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
  readonly [limit: string]: unknown;
}

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('the analytics service that the edge worker asks')
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
    );
  return addLimitOptions(addEngineOptions(command)).action(run);
}

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
    now: () => new Date(),
    log: jsonLog(
      (line) => process.stderr.write(line),
      () => new Date(),
    ),
  });
  process.stderr.write(`The analytics service listens on ${service.url}\n`);
  if (!stop.aborted) await once(stop, 'abort');
  await service.close();
}
