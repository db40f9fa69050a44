// Forgets a customer in a lake: messages and free texts go, the sessions stay without a link to
// anybody, and no ingest brings them back. Knows no spool and no audit.

import { readFile } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../../engine/open.ts';
import { nodeDisk } from '../disk.ts';
import { draftState } from '../ingest/state.ts';
import { type Workbench, withWorkbench } from '../ingest/workbench.ts';
import type { LakeLayout } from '../layout.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { AroundRemoval } from '../removal.ts';

export interface Forgotten {
  /** The ids that the person had: the one given, and those merged with it. */
  readonly customerIds: readonly string[];
  readonly sessionIds: readonly string[];
  /** UTC days whose sessions file was replaced. */
  readonly sessionDays: readonly string[];
  /** UTC days whose transcripts file was replaced, or taken away. */
  readonly transcriptDays: readonly string[];
}

/** A customer without sessions is noted all the same: records of before may still come. */
export function forgetCustomer(
  layout: LakeLayout,
  customerId: string,
  now: Date,
  aroundRemoval: AroundRemoval,
): Promise<Forgotten> {
  const bench = { layout, disk: nodeDisk, files: [], action: 'forget a customer of' };
  return withWorkbench(bench, async (workbench) => {
    const { connection, publication } = workbench;
    const at = now.toISOString();
    await connection.run(`set variable customer = ${literal(customerId)}`);
    await connection.run(`set variable now = ${literal(at)}`);
    await connection.run(await readFile(new URL('forget.sql', import.meta.url), 'utf8'));
    const forgotten = {
      customerIds: await texts(connection, 'select customer_id from forgotten_customer'),
      sessionIds: await texts(connection, 'select session_id from forgotten_session'),
      sessionDays: await texts(connection, 'select day::varchar from forgotten_session_day'),
      transcriptDays: await texts(connection, 'select day::varchar from forgotten_transcript_day'),
    };
    const sessions = new Map<string, string | undefined>();
    for (const day of forgotten.sessionDays) {
      const file = layout.sessionsFile(day);
      sessions.set(
        file,
        await draftRows(workbench, file, `sessions_without(${literal(day)}::date)`),
      );
    }
    const transcripts = new Map<string, string | undefined>();
    for (const day of forgotten.transcriptDays) {
      const file = layout.transcriptsFile(day);
      const rows = `transcripts_without(${literal(day)}::date)`;
      transcripts.set(file, await draftRows(workbench, file, rows));
    }
    await draftIfLess(workbench, layout.mergesFile, 'customer_merges', 'merges_without');
    await draftIfLess(workbench, layout.pendingFile, 'pending_message', 'pending_without');
    await draftRows(workbench, layout.forgottenFile, 'all_forgotten');
    const change = { sessions, transcripts, areMergesChanged: true, dataThrough: undefined };
    await draftState(connection, layout, { ...change, ingestedAt: now }, publication);
    const removal = {
      parameters: { customerId },
      sessions: forgotten.sessionIds.length,
    };
    await aroundRemoval(removal, () => publication.publish());
    return forgotten;
  });
}

/** The draft; undefined when there are no rows and the file goes. */
async function draftRows(
  { connection, publication }: Workbench,
  file: string,
  rows: string,
): Promise<string | undefined> {
  const draft = await publication.draft(file);
  const { rowsChanged } = await connection.run(
    `copy (from ${rows}) to ${literal(draft)} (${PARQUET_OPTIONS}, use_tmp_file false)`,
  );
  if (rowsChanged > 0) return draft;
  publication.withdraw(file);
  return undefined;
}

async function draftIfLess(
  workbench: Workbench,
  file: string,
  before: string,
  after: string,
): Promise<void> {
  const [isLess] = await texts(
    workbench.connection,
    `select (select count(*) from ${after}) < (select count(*) from ${before})`,
  );
  if (isLess === 'true') await draftRows(workbench, file, after);
}

async function texts(connection: DuckDBConnection, select: string): Promise<string[]> {
  const reader = await connection.runAndReadAll(`${select} order by 1`);
  return reader.getRows().map(([value]) => String(value));
}
