// Renders one segment into a spool file with DuckDB's own writer: one COPY, bytes never seen here.

import { literal } from '../engine/open.ts';
import { execute } from '../engine/statement.ts';
import { CommandFailure } from '../failure.ts';
import { csvCopyOptions } from '../formats/csv.ts';
import { fileVersion } from '../lake/days.ts';
import type { Organisation } from '../lake/organisation.ts';
import type { RunPlan, Segment } from './plan.ts';
import { reportCall } from './segmentStatement.ts';
import type { Spool } from './spool.ts';

export interface RenderedSegment {
  readonly path: string;
  readonly rows: number;
}

/** The lake moved on while a Run was reading it. */
export class DataChanged extends CommandFailure {}

/** A Run never mixes two versions of a day (SPEC 3.2). */
async function assertUnchanged({ sessionFiles, transcriptFiles, mergeFiles }: Segment) {
  for (const file of [...sessionFiles, ...transcriptFiles, ...mergeFiles]) {
    const now = await fileVersion(file.path);
    if (now?.version !== file.version) {
      throw new DataChanged('Cannot complete the Run: the data changed while it ran; run it again');
    }
  }
}

/** Writes the segment's rows without a header; on any failure no file is left. */
export async function renderSegment(
  organisation: Organisation,
  spool: Spool,
  plan: RunPlan,
  segment: Segment,
  signal: AbortSignal,
): Promise<RenderedSegment> {
  const call = reportCall(plan, segment);
  const path = spool.newPath(plan.run.parameters.format);
  const options = csvCopyOptions(plan.run.parameters);
  const sql = `copy (${call.query}) to ${literal(path)} (${options})`;
  try {
    await assertUnchanged(segment);
    const reader = await execute(organisation.connections, { ...call, sql }, signal);
    await assertUnchanged(segment);
    return { path, rows: Number(reader.getRows()[0]?.[0]) };
  } catch (error) {
    await spool.remove(path);
    throw error;
  }
}

/** The report's column headers for this Run, from the SQL itself. */
export async function reportColumns(organisation: Organisation, plan: RunPlan): Promise<string[]> {
  const { query, ...call } = reportCall(plan, undefined);
  const reader = await execute(organisation.connections, { ...call, sql: `${query} limit 0` });
  return reader.columnNames();
}
