// How things stand when somebody asks: places, statements, the spool, each lake's engine and data.

import { Counter, Gauge, type Registry } from 'prom-client';
import type { Organisation } from '../lake/organisation.ts';
import type { Organisations } from '../lake/organisations.ts';
import { readLakeState } from '../lake/settings.ts';
import type { Spool } from '../runs/spool.ts';
import type { Workshop } from '../runs/workshop.ts';
import type { UnderWay } from '../underWay.ts';

export interface StandingSources {
  readonly spool: Pick<Spool, 'usedBytes'>;
  readonly spoolLimit: number;
  readonly workshop: Pick<Workshop, 'standing'>;
  readonly organisations: Pick<Organisations, 'opened'>;
  readonly underWay: UnderWay;
}

export function observeStanding(registry: Registry, sources: StandingSources): void {
  const { spool, spoolLimit, workshop, organisations, underWay } = sources;
  const registers = [registry];

  function observe(name: string, help: string, read: () => number): void {
    void new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  }
  const { standing } = workshop;
  observe('ai_sessions_runs_working', 'Runs at work.', () => standing().runsWorking);
  observe('ai_sessions_runs_waiting', 'Runs in the queue.', () => standing().runsWaiting);
  observe(
    'ai_sessions_statements_working',
    'Statements at work.',
    () => standing().statementsWorking,
  );
  observe(
    'ai_sessions_statements_waiting',
    'Statements that wait.',
    () => standing().statementsWaiting,
  );
  observe('ai_sessions_spool_bytes', 'Finished parts in the spool.', () => spool.usedBytes());
  observe('ai_sessions_spool_limit_bytes', 'What the spool may hold.', () => spoolLimit);

  void new Counter({
    name: 'ai_sessions_parts_total',
    help: 'Parts that Runs have needed: rendered for them, by another Run meanwhile, or before.',
    labelNames: ['from'] as const,
    registers,
    collect() {
      this.reset();
      for (const [from, count] of Object.entries(standing().parts)) this.inc({ from }, count);
    },
  });

  /** Of each lake that has been opened; one that cannot tell hides no other. */
  async function ofLakes(set: (lake: Organisation, name: string) => Promise<void>): Promise<void> {
    const opened = await organisations.opened();
    const all = Promise.allSettled(opened.map((lake) => set(lake, lake.layout.organisation)));
    underWay.add(all);
    await all;
  }

  void new Gauge({
    name: 'ai_sessions_duckdb_bytes',
    help: 'What DuckDB has in memory, and in temporary files.',
    labelNames: ['organisation', 'in'] as const,
    registers,
    async collect() {
      await ofLakes(async (lake, organisation) => {
        const { memory, files } = await lake.usedBytes();
        this.set({ organisation, in: 'memory' }, memory);
        this.set({ organisation, in: 'files' }, files);
      });
    },
  });

  void new Gauge({
    name: 'ai_sessions_data_through_timestamp_seconds',
    help: 'The watermark in lake.json.',
    labelNames: ['organisation'] as const,
    registers,
    async collect() {
      this.reset();
      await ofLakes(async ({ layout }, organisation) => {
        const { dataThrough } = await readLakeState(layout);
        if (dataThrough !== undefined) this.set({ organisation }, Date.parse(dataThrough) / 1000);
      });
    },
  });
}
