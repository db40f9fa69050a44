// Sessions of a forgotten customer that come only now are noted by their ids: they are stored without
// the customer, and their messages must find them forgotten too.

import { literal } from '../../engine/open.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Workbench } from './workbench.ts';

export async function draftForgotten(
  { connection, layout, publication }: Workbench,
  now: Date,
): Promise<void> {
  const silenced = await connection.runAndReadAll('from newly_silenced limit 1');
  if (silenced.currentRowCount === 0) return;
  const draft = await publication.draft(layout.forgottenFile);
  await connection.run(
    `copy (
      from forgotten
      union all
      select session_id, null, ${literal(now.toISOString())}::timestamptz from newly_silenced
    ) to ${literal(draft)} (${PARQUET_OPTIONS}, use_tmp_file false)`,
  );
}
