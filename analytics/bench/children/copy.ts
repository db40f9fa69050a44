// The limit: DuckDB's plain COPY of the report's cells, without recontact and without order; or of the
// lake's columns as they lie there.

import { stat } from 'node:fs/promises';
import { addDays } from '../../../sql/contract/localDate.ts';
import { literal } from '../../engine/open.ts';
import { stopwatch } from '../../stopwatch.ts';
import { answerJob } from '../child.ts';
import type { Measurement } from '../measurement.ts';
import { peakMegabytes } from '../peakMemory.ts';
import { openPlainEngine } from '../plainEngine.ts';
import { TIMEZONE } from '../shape.ts';
import { lastDayOf, type WriteJob } from '../writeJob.ts';

export interface CopyJob extends WriteJob {
  readonly columns: 'cells' | 'lake';
}

const COLUMNS: Record<CopyJob['columns'], string> = {
  cells: `session_id, customer_id, conversation_id, channel,
    free_text_cell(gladly_agent, true), free_text_cell(guide_list(guides_used), true),
    local_time_label(created_at, local_time('${TIMEZONE}', day, created_at), 'local'),
    was_handed_off, was_resolved, was_responded_to,
    free_text_cell(handoff_category, true), free_text_cell(handoff_subcategory, true),
    free_text_cell(handoff_reason_of(handoff_reason, session_summary), true),
    free_text_cell(transfer_rationale, true),
    conversation_url(getvariable('conversation_link'), conversation_id)`,
  lake: `session_id, customer_id, conversation_id, channel, gladly_agent, guides_used, created_at,
    was_handed_off, was_resolved, was_responded_to, handoff_category, handoff_subcategory,
    handoff_reason, session_summary, transfer_rationale`,
};

const midnight = (day: string) =>
  `timezone(${literal(TIMEZONE)}, timestamp ${literal(`${day} 00:00:00`)})`;

const copySql = ({ range, output }: WriteJob, columns: CopyJob['columns']) => `
  copy (
    select ${COLUMNS[columns]}
    from sessions
    where day between ${literal(range.from)} and ${literal(addDays(range.to, 1))}
      and created_at >= ${midnight(range.from)}
      and created_at < ${midnight(addDays(range.to, 1))}
  )
  to ${literal(output)} (header true)
`;

await answerJob(async (job: CopyJob): Promise<Measurement[]> => {
  const { connection, close } = await openPlainEngine(job);
  await connection.run(copySql(lastDayOf(job), job.columns));
  const elapsed = stopwatch();
  await connection.run(copySql(job, job.columns));
  const seconds = elapsed();
  const memory = await peakMegabytes();
  const { size: bytes } = await stat(job.output);
  close();
  return [{ seconds, bytes, peakMegabytes: memory }];
});
