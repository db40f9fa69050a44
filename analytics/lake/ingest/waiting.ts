// Messages whose session is not in the lake yet are kept beside it, in one file, until an ingest
// brings the session.

import { literal } from '../../engine/open.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Workbench } from './workbench.ts';

export async function draftWaiting({
  connection,
  layout,
  publication,
}: Workbench): Promise<{ written: number; unchanged: number; waiting: number }> {
  const reader = await connection.runAndReadAll(
    'select written, unchanged, waiting, is_changed from waiting_examined',
  );
  const [written, unchanged, waiting, isChanged] = reader.getRows()[0] ?? [];
  const file = layout.pendingFile;
  if (isChanged === true && Number(waiting) === 0) {
    publication.withdraw(file);
  } else if (isChanged === true) {
    const draft = await publication.draft(file);
    await connection.run(
      `copy (select * exclude (ordinal) from waiting_message)
      to ${literal(draft)} (${PARQUET_OPTIONS}, use_tmp_file false)`,
    );
  }
  return { written: Number(written), unchanged: Number(unchanged), waiting: Number(waiting) };
}
