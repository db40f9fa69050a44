// How the cases are measured: each step is done once in every repetition, in processes of its own, and
// measures one case or several that need each other. Knows no statistics.

import { join } from 'node:path';
import type { ReportName } from '../../sql/contract/report.ts';
import type { Caller } from '../../sql/contract/roles.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import type { SigningKeys } from '../local/signingKeys.ts';
import type { CaseName } from './cases.ts';
import { runChild } from './child.ts';
import type { CopyJob } from './children/copy.ts';
import type { ReportJob } from './children/report.ts';
import { drain, type Measurement } from './measurement.ts';
import { peakMegabytes } from './peakMemory.ts';
import { PEERS, type PeerName } from './peers.ts';
import { request } from './request.ts';
import { type MeasuredService, startMeasuredService } from './service.ts';
import { beforehand, type DateRange, OTHER_TIMEZONE, type Ranges, TIMEZONE } from './shape.ts';
import { openSlowClients } from './slowClients.ts';
import type { WriteJob } from './writeJob.ts';

const SLOW_CLIENTS = 50;

export interface Step {
  readonly title: string;
  /** In the order of `measure`'s result. */
  readonly cases: readonly CaseName[];
  readonly measure: (repetition: number) => Promise<readonly Measurement[]>;
}

export interface Bench {
  readonly dataDir: string;
  readonly organisation: string;
  /** The same lake, stretched. */
  readonly ofOneYear: string;
  readonly ofTenYears: string;
  readonly ranges: Ranges;
  readonly withPeers: boolean;
  /** A folder on the lake's file system, for files that need not stay. */
  readonly scratch: string;
  readonly keys: SigningKeys;
  readonly caller: Caller;
  /** Where the edge expects the service. */
  readonly servicePort: number;
  readonly edgeUrl: string;
  readonly signal: AbortSignal;
}

function runOf(
  { from, to }: DateRange,
  timezone: string = TIMEZONE,
  report: ReportName = 'ai-sessions-detail',
): ResolvedRun {
  const settled = { from, to, timezone, weekStart: 'monday', grouping: 'none' } as const;
  const shown = { format: 'csv', excel: false, formulaGuard: true, dates: 'local' } as const;
  return { report, parameters: { ...settled, ...shown } };
}

/** Only of a CSV does the first line break say when its header was there. */
function withoutLines(measured: Measurement): Measurement {
  return { ...measured, headerSeconds: undefined, firstRowSeconds: undefined };
}

export function benchSteps(bench: Bench): Step[] {
  const { dataDir, organisation, ranges, scratch, signal, edgeUrl } = bench;
  const { month, whole } = ranges;
  let spools = 0;
  const newSpool = () => join(scratch, `spool-${++spools}`);

  const child = <Result>(script: string, job: object) =>
    runChild<Result>(new URL(script, import.meta.url), job, signal);

  const writeJob = (range: DateRange): WriteJob => {
    return { dataDir, organisation, range, output: join(scratch, 'output.csv') };
  };

  const copy = (range: DateRange, columns: CopyJob['columns']) => {
    const job: CopyJob = { ...writeJob(range), columns };
    return child<Measurement[]>('children/copy.ts', job);
  };

  const peer = (name: PeerName, range: DateRange) =>
    runChild<Measurement[]>(PEERS[name], writeJob(range), signal);

  const report = (run: ResolvedRun, more: Partial<ReportJob> = {}) => {
    const job: ReportJob = { dataDir, organisation, spool: newSpool(), run, ...more };
    return child<Measurement[]>('children/report.ts', job);
  };

  async function withService<Result>(
    work: (service: MeasuredService) => Promise<Result>,
  ): Promise<Result> {
    const { keys, caller, servicePort: port } = bench;
    const options = { dataDir, spool: newSpool(), port, keys, caller, signal };
    const service = await startMeasuredService(options);
    try {
      return await work(service);
    } finally {
      await service.stop();
    }
  }

  type AskFor = (run: ResolvedRun) => Promise<AsyncIterable<Uint8Array>>;

  /**
   * A download, and the same again, from a service that has answered before, but nothing that these
   * can use; memory is the service's.
   */
  async function twice({ pid }: MeasuredService, ask: AskFor, range: DateRange) {
    const run = runOf(range);
    await drain(() => ask(beforehand(run)));
    const first = { ...(await drain(() => ask(run))), peakMegabytes: await peakMegabytes(pid) };
    const second = { ...(await drain(() => ask(run))), peakMegabytes: await peakMegabytes(pid) };
    return [first, second];
  }

  const throughService = (range: DateRange) =>
    withService((service) => twice(service, service.download, range));

  const askEdge: AskFor = ({ parameters: { from, to, timezone } }) => {
    const query = new URLSearchParams({ from, to, timezone });
    return request(`${edgeUrl}/reports/ai-sessions-detail.csv?${String(query)}`);
  };

  const throughEdge = (range: DateRange) =>
    withService((service) => twice(service, askEdge, range));

  /** The first of the two finds a service that has done less, so they change places. */
  const besideSlowClients = (repetition: number) =>
    withService(async ({ download }) => {
      const taken = runOf(month, OTHER_TIMEZONE);
      await drain(() => download(taken));
      const measureAlone = () => drain(() => download(runOf(month, 'America/Denver')));
      const measureBeside = async () => {
        const end = await openSlowClients(SLOW_CLIENTS, () => download(taken));
        const measured = await drain(() => download(runOf(month, 'America/Chicago')));
        await end();
        return measured;
      };
      if (repetition % 2 === 0) return [await measureAlone(), await measureBeside()];
      const beside = await measureBeside();
      return [await measureAlone(), beside];
    });

  const inFormat = (format: 'jsonl' | 'parquet' | 'arrow'): Step => ({
    title: `detail as ${format}`,
    cases: [format],
    async measure() {
      const run = runOf(month);
      const parameters = { ...run.parameters, format, formulaGuard: false };
      return (await report({ ...run, parameters })).map(withoutLines);
    },
  });

  const steps: Step[] = [
    { title: 'plain COPY', cases: ['plain'], measure: () => copy(month, 'cells') },
    {
      title: 'plain COPY of the lake’s columns',
      cases: ['lake-columns'],
      measure: () => copy(month, 'lake'),
    },
    {
      title: 'detail',
      cases: ['detail', 'detail-again', 'detail-new-day'],
      measure: () => report(runOf(month), { newDay: month.to }),
    },
    inFormat('jsonl'),
    inFormat('parquet'),
    inFormat('arrow'),
    {
      title: 'detail with messages',
      cases: ['messages'],
      measure: () => report(runOf(month, TIMEZONE, 'ai-sessions-detail-with-messages')),
    },
    {
      title: 'summary',
      cases: ['summary'],
      measure: () => report(runOf(month, TIMEZONE, 'ai-sessions-summary')),
    },
    {
      title: 'detail through the service',
      cases: ['service', 'service-again'],
      measure: () => throughService(month),
    },
    {
      title: 'detail through the edge',
      cases: ['edge', 'edge-again'],
      measure: () => throughEdge(month),
    },
    {
      title: `a Run beside ${SLOW_CLIENTS} slow downloads`,
      cases: ['alone', 'beside-slow'],
      measure: besideSlowClients,
    },
    {
      title: 'detail of a lake of 1 year',
      cases: ['of-1-year'],
      measure: () => report(runOf(month), { organisation: bench.ofOneYear }),
    },
    {
      title: 'detail of a lake of 10 years',
      cases: ['of-10-years'],
      measure: () => report(runOf(month), { organisation: bench.ofTenYears }),
    },
  ];
  if (bench.withPeers) {
    steps.push(
      {
        title: 'rows through csv-stringify',
        cases: ['csv-stringify'],
        measure: () => peer('csv-stringify', month),
      },
      { title: 'chDB', cases: ['chdb'], measure: () => peer('chdb', month) },
    );
  }
  if (whole === undefined) return steps;
  steps.push(
    {
      title: 'whole lake: plain COPY',
      cases: ['whole-plain'],
      measure: () => copy(whole, 'cells'),
    },
    {
      title: 'whole lake: detail',
      cases: ['whole-detail', 'whole-detail-again', 'whole-detail-new-day'],
      measure: () => report(runOf(whole), { newDay: whole.to }),
    },
    {
      title: 'whole lake: detail through the edge',
      cases: ['whole-edge', 'whole-edge-again'],
      measure: () => throughEdge(whole),
    },
  );
  if (bench.withPeers) {
    steps.push({
      title: 'whole lake: chDB',
      cases: ['whole-chdb'],
      measure: () => peer('chdb', whole),
    });
  }
  return steps;
}
