// `npm start`: everything on this machine, for trying and developing. A sample lake if there is
// none, the analytics service in this process, the edge worker in workerd beside it. Whoever comes
// over loopback is signed in. Ctrl-C ends it all.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { addDays, localDateOf } from '../sql/contract/localDate.ts';
import { auditFolder } from './commands/auditOption.ts';
import { spoolFolder } from './commands/engineOptions.ts';
import { chooseLake, dataOption, orgOption, parsePort } from './commands/options.ts';
import { runProgram } from './commands/program.ts';
import { stopSignal } from './commands/stopSignal.ts';
import { CommandFailure } from './failure.ts';
import { GLADLY_LIMITS } from './http/apiLimit.ts';
import { jsonLog } from './http/log.ts';
import { type LakeLayout, lakeLayout } from './lake/layout.ts';
import { listLakes } from './lake/list.ts';
import { makeSample } from './lake/sample.ts';
import { startEdge } from './local/edgeProcess.ts';
import { assertPortFree } from './local/port.ts';
import { makeSigningKeys } from './local/signingKeys.ts';
import { DEFAULT_LIMITS } from './runs/limits.ts';
import { startService } from './service.ts';

const HOST = '127.0.0.1';
const DEFAULT_EDGE_PORT = 8787;

const SAMPLE = { organisation: 'acme', sessions: 20_000, days: 120, seed: 1, transcripts: true };

const now = () => new Date();
const say = (text: string) => process.stderr.write(`${text}\n`);

interface Options {
  readonly data: string;
  readonly org?: string;
  readonly port: number;
}

/** The month before the given date, as its first and last day. */
function monthBefore(date: string): { from: string; to: string } {
  const to = addDays(`${date.slice(0, 7)}-01`, -1);
  return { from: `${to.slice(0, 7)}-01`, to };
}

async function lakeToServe({ data, org }: Options, signal: AbortSignal): Promise<LakeLayout> {
  const dataDir = resolve(data);
  if ((await listLakes(dataDir)).length === 0) {
    const { organisation, ...shape } = SAMPLE;
    say(`No lake in ${data} yet: making a sample of ${shape.sessions} sessions …`);
    const until = addDays(localDateOf(now(), 'UTC'), -1);
    await makeSample({ layout: lakeLayout(dataDir, organisation), ...shape, until, signal });
  }
  return chooseLake({ data, org });
}

/** Being asked to stop is how it ends well, however far it has come. */
async function start(options: Options): Promise<void> {
  await assertPortFree(HOST, options.port);
  const stop = stopSignal();
  try {
    await serve(options, stop);
  } catch (error) {
    if (error !== stop.reason) throw error;
  }
}

/** Serves until the signal aborts; an abort before that throws the signal's reason. */
async function serve(options: Options, signal: AbortSignal): Promise<void> {
  const { organisation } = await lakeToServe(options, signal);
  const keys = await makeSigningKeys();
  const service = await startService({
    dataDir: resolve(options.data),
    spoolDir: spoolFolder({ data: resolve(options.data) }),
    auditDir: auditFolder(options),
    limits: DEFAULT_LIMITS,
    memoryLimit: '1GB',
    maxTempDirectorySize: '10GB',
    publicKeys: keys.publicKeys,
    apiLimits: GLADLY_LIMITS,
    host: HOST,
    port: 0,
    now,
    log: jsonLog('info', now),
  });
  try {
    say('Starting the edge worker …');
    const edge = await startEdge({
      port: options.port,
      variables: {
        ANALYTICS_URL: service.url,
        ASSERTION_PRIVATE_KEY: keys.privateKey,
        EDGE_SECRET: randomBytes(32).toString('base64'), // links end with the process
        DEVELOPMENT_IDENTITY: JSON.stringify({
          subject: 'developer@localhost',
          organisation,
          roles: ['administrator'],
        }),
      },
      onOutput: (text) => process.stderr.write(text),
      signal,
    });
    const { from, to } = monthBefore(localDateOf(now(), 'UTC'));
    const download = `${edge.url}/reports/ai-sessions-detail.csv?from=${from}&to=${to}`;
    process.stdout.write(`
Reports of "${organisation}": ${edge.url}/
Last month's report:   curl -fOJ '${download}'
Stop with Ctrl-C.
`);
    if (!signal.aborted) await Promise.race([edge.ended, once(signal, 'abort')]);
    if (!signal.aborted) throw new CommandFailure('Cannot go on: the edge worker ended');
    say('Stopping …');
    await edge.stop();
  } finally {
    await service.close();
  }
}

const program = new Command('npm start --')
  .description('serve the reports of one lake on this machine')
  .addOption(dataOption())
  .addOption(orgOption())
  .addOption(
    new Option('--port <port>', 'port of the edge worker')
      .env('PORT')
      .argParser(parsePort)
      .default(DEFAULT_EDGE_PORT),
  )
  .action(start);

await runProgram(program);
