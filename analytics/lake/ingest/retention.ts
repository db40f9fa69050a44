// How long an organisation keeps texts (`retentionDays` in org.json). Every ingest ends with it: what
// has been kept for long enough goes in the same publication, and what comes too late is not taken in.

import { writeFile } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addDays, localDateOf } from '../../../sql/contract/localDate.ts';
import { literal } from '../../engine/open.ts';
import type { Removal } from '../removal.ts';
import { readSettings } from '../settings.ts';
import type { Workbench } from './workbench.ts';

/** The first UTC day whose texts are kept: so many whole days, and today. */
export function keptFrom(retentionDays: number | undefined, now: Date): string | undefined {
  if (retentionDays === undefined) return undefined;
  return addDays(localDateOf(now, 'UTC'), -retentionDays);
}

/** The macro that the SQL here stands on: whether a day's texts have been kept for long enough. */
export async function defineRetention(
  { connection, layout }: Workbench,
  now: Date,
): Promise<string | undefined> {
  const before = keptFrom((await readSettings(layout)).retentionDays, now);
  const isExpired = before === undefined ? 'false' : `of_day < ${literal(before)}::date`;
  await connection.run(`create macro is_expired(of_day) as ${isExpired}`);
  return before;
}

/**
 * Drafts the note that texts went, by which whoever has made something of them knows; undefined when
 * there is none to go.
 */
export async function draftExpiry(
  { connection, layout, publication }: Workbench,
  before: string | undefined,
  now: Date,
): Promise<Removal | undefined> {
  if (before === undefined) return undefined;
  const { sessions, isAny } = await expiring(connection);
  if (!isAny) return undefined;
  const note = { before, at: now.toISOString() };
  await writeFile(await publication.draft(layout.expiredFile), `${JSON.stringify(note)}\n`);
  return { parameters: { before }, sessions };
}

async function expiring(
  connection: DuckDBConnection,
): Promise<{ sessions: number; isAny: boolean }> {
  const reader = await connection.runAndReadAll('select sessions, is_any from expiry_examined');
  const [sessions, isAny] = reader.getRows()[0] ?? [];
  return { sessions: Number(sessions), isAny: isAny === true };
}
