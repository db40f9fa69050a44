// A whole bench: lakes, the edge, then every step in turn, several times over. Returns what was
// measured and leaves nothing behind but the lakes.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Caller } from '../../sql/contract/roles.ts';
import { CommandFailure } from '../failure.ts';
import { startEdge } from '../local/edgeProcess.ts';
import { freePort } from '../local/freePort.ts';
import { makeSigningKeys } from '../local/signingKeys.ts';
import type { CaseName } from './cases.ts';
import { sampleLake, stretchedLake } from './lakes.ts';
import type { Measurement } from './measurement.ts';
import { assertPeersInstalled } from './peers.ts';
import { type LakeShape, rangesOf } from './shape.ts';
import { benchSteps } from './steps.ts';

/** Node itself can do so for one file at a time only. */
const syncDisks = () => promisify(execFile)('sync');

const DAYS_OF_1_YEAR = 365;
const DAYS_OF_10_YEARS = 3650;

export interface BenchOptions {
  /** Where the lakes are made, unless they are there. */
  readonly dataDir: string;
  readonly shape: LakeShape;
  readonly repetitions: number;
  readonly withPeers: boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Of each case, its repetitions in order. */
export type Results = ReadonlyMap<CaseName, readonly Measurement[]>;

/** Cases whose files are the same, byte for byte. */
const SAME_FILE: readonly (readonly CaseName[])[] = [
  ['detail', 'detail-again', 'detail-new-day', 'service', 'edge', 'edge-again', 'csv-stringify'],
  ['whole-detail', 'whole-detail-again', 'whole-detail-new-day', 'whole-edge', 'whole-edge-again'],
];

/** A bench that compares different files would say nothing. */
function assertSameFiles(results: Results): void {
  for (const names of SAME_FILE) {
    const sizes = names.flatMap((name) => results.get(name) ?? []).map(({ bytes }) => bytes);
    if (new Set(sizes).size > 1) {
      throw new CommandFailure(
        `Cannot compare ${names.join(', ')}: their files have ${sizes.join(', ')} bytes`,
      );
    }
  }
}

export async function runBench(options: BenchOptions): Promise<Results> {
  const { dataDir, shape, repetitions, withPeers, say, signal } = options;
  if (withPeers) assertPeersInstalled();
  await mkdir(dataDir, { recursive: true });
  say(`Making a lake of ${shape.sessions} sessions in ${shape.days} days, unless it is there …`);
  const layout = await sampleLake(dataDir, shape, signal);
  const ofOneYear = await stretchedLake(layout, DAYS_OF_1_YEAR);
  const ofTenYears = await stretchedLake(layout, DAYS_OF_10_YEARS);

  const { organisation } = layout;
  const caller: Caller = { subject: 'bench@localhost', organisation, roles: ['administrator'] };
  const keys = await makeSigningKeys();
  const servicePort = await freePort();
  const scratch = await mkdtemp(join(dataDir, '.bench-'));
  try {
    const edge = await startEdge({
      port: await freePort(),
      variables: {
        ANALYTICS_URL: `http://127.0.0.1:${servicePort}`,
        ASSERTION_PRIVATE_KEY: keys.privateKey,
        DEVELOPMENT_IDENTITY: JSON.stringify(caller),
      },
      onOutput: (text) => process.stderr.write(text),
      signal,
    });
    try {
      const steps = benchSteps({
        dataDir,
        organisation,
        ofOneYear: ofOneYear.organisation,
        ofTenYears: ofTenYears.organisation,
        ranges: rangesOf(shape),
        withPeers,
        scratch,
        keys,
        caller,
        servicePort,
        edgeUrl: edge.url,
        signal,
      });
      const results = new Map<CaseName, Measurement[]>();
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        for (const { title, cases, measure } of steps) {
          signal.throwIfAborted();
          await syncDisks(); // or this case would pay for what the one before has written
          say(`${repetition + 1} of ${repetitions}: ${title}`);
          for (const [index, measurement] of (await measure(repetition)).entries()) {
            const name = cases[index];
            if (name === undefined) throw new RangeError(`No case for what ${title} measured`);
            results.set(name, [...(results.get(name) ?? []), measurement]);
          }
          await rm(scratch, { recursive: true }); // a year's spools would fill a disk
          await mkdir(scratch);
        }
      }
      assertSameFiles(results);
      return results;
    } catch (error) {
      signal.throwIfAborted(); // a process that is ended fails in its own words
      throw error;
    } finally {
      await edge.stop();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
