// The two JSON files of a lake: lake.json is drafted anew by every ingest that changes something,
// org.json only when there is none (SPEC 2).

import { access, writeFile } from 'node:fs/promises';
import { type DuckDBConnection, listValue } from '@duckdb/node-api';
import { ifMissing } from '../ifMissing.ts';
import type { LakeLayout } from '../layout.ts';
import type { Publication } from '../publish.ts';
import { readLakeState } from '../settings.ts';
import type { ChangedFiles } from './days.ts';

export interface StateChange {
  readonly sessions: ChangedFiles;
  readonly transcripts: ChangedFiles;
  readonly areMergesChanged: boolean;
  readonly dataThrough: string | undefined;
  readonly ingestedAt: Date;
}

export async function draftSettings(layout: LakeLayout, publication: Publication): Promise<void> {
  if (await access(layout.settingsFile).then(() => true, ifMissing(false))) return;
  await writeJson(await publication.draft(layout.settingsFile), { name: layout.organisation });
}

/** Must be the last draft of a publication. Nothing is drafted when nothing changes. */
export async function draftState(
  connection: DuckDBConnection,
  layout: LakeLayout,
  change: StateChange,
  publication: Publication,
): Promise<void> {
  const before = await readLakeState(layout);
  const after = {
    schemaVersion: 1,
    dataThrough: later(before.dataThrough, change.dataThrough),
    sessions: await rowsAfter(connection, 'session_files', change.sessions),
    transcripts: await rowsAfter(connection, 'transcript_files', change.transcripts),
  };
  const isChanged =
    change.sessions.size + change.transcripts.size > 0 ||
    change.areMergesChanged ||
    before.dataThrough !== after.dataThrough ||
    before.sessions !== after.sessions ||
    before.transcripts !== after.transcripts;
  if (!isChanged) return;
  const state = { ...after, ingestedAt: change.ingestedAt.toISOString() };
  await writeJson(await publication.draft(layout.stateFile), state);
}

/** Both promises hold, so the one that reaches further does. */
function later(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Date.parse(other) > Date.parse(one) ? other : one;
}

async function rowsAfter(
  connection: DuckDBConnection,
  filesVariable: string,
  changed: ChangedFiles,
): Promise<number> {
  const variable = await connection.runAndReadAll(`select unnest(getvariable('${filesVariable}'))`);
  const untouched = variable
    .getRows()
    .map(([file]) => String(file))
    .filter((file) => !changed.has(file));
  const drafts = [...changed.values()].filter((draft) => draft !== undefined);
  const files = [...untouched, ...drafts];
  if (files.length === 0) return 0;
  const counted = await connection.runAndReadAll(
    'select sum(num_rows) from parquet_file_metadata($files::varchar[])',
    { files: listValue(files) },
  );
  return Number(counted.getRows()[0]?.[0]);
}

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}
