// The detail report of one month against DuckDB's own limit, in the same process: a plain COPY of the
// same columns, without recontact and without order; and, below that, a COPY of the lake's columns as
// they lie there. Prints medians, their ratios, and the peak memory of the process before any plain
// COPY ran. Usage: npm run bench -- [--sessions N]

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { readDefinitions } from '../../analytics/engine/definitions.ts';
import { literal } from '../../analytics/engine/open.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import type { ResolvedRun } from '../../sql/contract/run.ts';
import { openRunner } from '../unit/support/runner.ts';

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

const RAW_COLUMNS = `session_id, customer_id, conversation_id, channel, gladly_agent, guides_used,
  created_at, was_handed_off, was_resolved, was_responded_to, handoff_category,
  handoff_subcategory, handoff_reason, session_summary, transfer_rationale`;

const REPORT_COLUMNS = `session_id, customer_id, conversation_id, channel,
  free_text_cell(gladly_agent, true), free_text_cell(guide_list(guides_used), true),
  local_time_label(created_at, local_time('America/Los_Angeles', day, created_at), 'local'),
  was_handed_off, was_resolved, was_responded_to,
  free_text_cell(handoff_category, true), free_text_cell(handoff_subcategory, true),
  free_text_cell(handoff_reason_of(handoff_reason, session_summary), true),
  free_text_cell(transfer_rationale, true),
  conversation_url('https://bench.gladly.com/conversations/{conversationId}', conversation_id)`;

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
  let rows = 0;
  let bytes = 0;
  /** The spool keeps what has been rendered, so each time it is another one. */
  async function report(): Promise<void> {
    const fresh = await openRunner(layout);
    const run = await fresh.find(RUN);
    bytes = 0;
    for await (const chunk of await fresh.chunks(run)) bytes += chunk.byteLength;
    rows = run.status().rows;
    await fresh.close();
  }

  await report();
  const peak = peakMegabytes();

  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`
    set global TimeZone = 'UTC';
    set variable lake = ${literal(layout.root)};
    ${await readDefinitions()}
  `);
  const copyOf = (columns: string) => () =>
    connection.run(`
      copy (select ${columns} from sessions where day between '2026-07-01' and '2026-07-31')
      to ${literal(join(folder, 'plain.csv'))} (header true)
    `);
  const plain = copyOf(REPORT_COLUMNS);
  const raw = copyOf(RAW_COLUMNS);
  await plain();

  const reports: number[] = [];
  const plains: number[] = [];
  const raws: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) {
    reports.push(await seconds(report));
    plains.push(await seconds(plain));
    raws.push(await seconds(raw));
  }
  const ratio = (to: number[]) =>
    median(reports.map((each, index) => each / (to[index] ?? Number.NaN))).toFixed(2);
  process.stdout.write(
    `${rows} rows, ${Math.round(bytes / 1e6)} MB of CSV, ${REPETITIONS} repetitions in turn
detail report                      ${spread(reports)}, peak memory ${peak} MB
plain COPY of the same columns     ${spread(plains)}, ratio ${ratio(plains)}
plain COPY of the lake's columns   ${spread(raws)}, ratio ${ratio(raws)}
`,
  );
  connection.closeSync();
} finally {
  await rm(folder, { recursive: true, force: true });
}
