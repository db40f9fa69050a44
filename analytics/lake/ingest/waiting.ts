// Messages whose session is not in the lake yet are kept beside it, in one file, until an ingest
// brings the session.

import { join } from 'node:path';
import { literal } from '../../engine/open.ts';
import type { LakeLayout } from '../layout.ts';
import { PARQUET_OPTIONS } from '../parquet.ts';
import type { Publication } from '../publish.ts';
import type { Workbench } from './workbench.ts';

/** The file of waiting messages; staging.sql is its counterpart in SQL. */
export function waitingFile(layout: LakeLayout): string {
  return join(layout.root, 'pending', 'messages.parquet');
}

export const WAITING_COLUMNS = {
  session_id: 'varchar',
  message_id: 'varchar',
  sent_at: 'timestamptz',
  author: 'varchar',
  text: 'varchar',
} as const;

export async function draftWaiting(
  { connection, layout }: Workbench,
  publication: Publication,
): Promise<{ written: number; unchanged: number; waiting: number }> {
  const reader = await connection.runAndReadAll(
    'select written, unchanged, waiting, is_changed from waiting_examined',
  );
  const [written, unchanged, waiting, isChanged] = reader.getRows()[0] ?? [];
  const file = waitingFile(layout);
  if (isChanged === true && Number(waiting) === 0) {
    await publication.withdraw(file);
  } else if (isChanged === true) {
    const draft = await publication.draft(file);
    await connection.run(
      `copy (select * exclude (ordinal) from waiting_message)
      to ${literal(draft)} (${PARQUET_OPTIONS}, use_tmp_file false)`,
    );
  }
  return { written: Number(written), unchanged: Number(unchanged), waiting: Number(waiting) };
}
