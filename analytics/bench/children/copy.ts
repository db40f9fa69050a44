// The limit: DuckDB's plain COPY of the report's cells, without recontact and without order; or of the
// lake's columns as they lie there. An engine without our settings: all threads, its own memory.

import { stat } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { addDays } from '../../../sql/contract/localDate.ts';
import { readDefinitions } from '../../engine/definitions.ts';
import { literal } from '../../engine/open.ts';
import { lakeLayout } from '../../lake/layout.ts';
import { answerJob } from '../child.ts';
import { type Measurement, stopwatch } from '../measurement.ts';
import { peakMegabytes } from '../peakMemory.ts';
import { TIMEZONE } from '../shape.ts';
import type { WriteJob } from '../writeJob.ts';

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
    conversation_url('https://bench.gladly.com/conversations/{conversationId}', conversation_id)`,
  lake: `session_id, customer_id, conversation_id, channel, gladly_agent, guides_used, created_at,
    was_handed_off, was_resolved, was_responded_to, handoff_category, handoff_subcategory,
    handoff_reason, session_summary, transfer_rationale`,
};

const midnight = (day: string) =>
  `timezone(${literal(TIMEZONE)}, timestamp ${literal(`${day} 00:00:00`)})`;

await answerJob(async (job: CopyJob): Promise<Measurement[]> => {
  const { dataDir, organisation, range, output, columns } = job;
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(`
    set global TimeZone = 'UTC';
    set variable lake = ${literal(lakeLayout(dataDir, organisation).root)};
    ${await readDefinitions()}
  `);
  const copy = (from: string) => `
    copy (
      select ${COLUMNS[columns]}
      from sessions
      where day between ${literal(from)} and ${literal(addDays(range.to, 1))}
        and created_at >= ${midnight(from)}
        and created_at < ${midnight(addDays(range.to, 1))}
    )
    to ${literal(output)} (header true)
  `;
  await connection.run(copy(range.to)); // one day first, as before everything that is measured
  const elapsed = stopwatch();
  await connection.run(copy(range.from));
  const seconds = elapsed();
  const memory = await peakMegabytes();
  const { size: bytes } = await stat(output);
  connection.closeSync();
  instance.closeSync();
  return [{ seconds, bytes, peakMegabytes: memory }];
});
