// The detail report of one month against DuckDB's own limit: a plain COPY of the same columns,
// without recontact and without order, in the same process. Prints medians, their ratio, and the
// peak memory of the process before any plain COPY ran. Usage: npm run bench -- [--sessions N]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../analytics/engine/open.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { openOrganisation } from '../../analytics/lake/organisation.ts';
import { openSpool } from '../../analytics/runs/spool.ts';
import { streamRun } from '../../analytics/runs/stream.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';

const REPETITIONS = 5;
const DAYS = 33;
const ORGANISATION = 'bench';

/** 31 days of a lake of ten million sessions a year. */
const { values } = parseArgs({ options: { sessions: { type: 'string', default: '905000' } } });

const RUN: ResolvedRun = {
  report: 'ai-sessions-detail',
  parameters: {
    from: '2026-07-01',
    to: '2026-07-31',
    timezone: 'America/Los_Angeles',
    weekStart: 'monday',
    grouping: 'none',
    columns: 'standard',
    dates: 'local',
    format: 'csv',
    excel: false,
    formulaGuard: true,
  },
};

const PLAIN_COLUMNS = `session_id, customer_id, conversation_id, channel, gladly_agent, guides_used,
  created_at, was_handed_off, was_resolved, was_responded_to, handoff_category,
  handoff_subcategory, handoff_reason, session_summary, transfer_rationale`;

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

const median = (numbers: number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const spread = (numbers: number[]) =>
  `${median(numbers).toFixed(2)} s (${Math.min(...numbers).toFixed(2)}–${Math.max(...numbers).toFixed(2)})`;

const peakMegabytes = () => Math.round(process.resourceUsage().maxRSS / 1024);

/** In a process of its own: making the lake takes more memory than reading it. */
async function makeLake(data: string): Promise<void> {
  const flags = [
    `--data=${data}`,
    `--org=${ORGANISATION}`,
    `--sessions=${values.sessions}`,
    `--days=${DAYS}`,
    '--until=2026-08-02',
    '--no-transcripts',
  ];
  const child = fork('analytics/cli.ts', ['sample', ...flags], { stdio: 'inherit' });
  const [status] = await once(child, 'exit');
  if (status !== 0) throw new Error('Cannot make the lake to measure on');
}

const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-bench-'));
try {
  const layout = lakeLayout(folder, ORGANISATION);
  await makeLake(folder);
  const spool = await openSpool(folder);
  const organisation = await openOrganisation(layout, {
    spoolDirectory: spool.directory,
    memoryLimit: '1GB',
    maxTempDirectorySize: '10GB',
  });

  let rows = 0;
  let bytes = 0;
  async function report(): Promise<void> {
    const stream = await streamRun(organisation, spool, RUN, new AbortController().signal);
    bytes = 0;
    for await (const chunk of stream.chunks) bytes += chunk.byteLength;
    rows = stream.progress().rows;
  }

  await report();
  const peak = peakMegabytes();

  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const plain = () =>
    connection.run(`
      copy (
        select ${PLAIN_COLUMNS}
        from read_parquet(${literal(join(layout.sessionsDir, 'day=2026-07-*', '*.parquet'))})
      ) to ${literal(join(spool.directory, 'plain.csv'))} (header true)
    `);
  await plain();

  const reports: number[] = [];
  const plains: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    reports.push(await seconds(report));
    plains.push(await seconds(plain));
  }
  const ratio = median(reports.map((each, index) => each / (plains[index] ?? Number.NaN)));
  process.stdout.write(
    `${rows} rows, ${Math.round(bytes / 1e6)} MB of CSV, ${REPETITIONS} repetitions in turn
detail report   ${spread(reports)}, peak memory ${peak} MB
plain COPY      ${spread(plains)}
ratio           ${ratio.toFixed(2)}
`,
  );
  connection.closeSync();
  organisation.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
