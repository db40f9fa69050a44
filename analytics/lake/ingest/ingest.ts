// An ingest from beginning to end (SPEC 7): read and check, settle with what the lake holds, write
// what changes as drafts, publish. Knows no command line and no clock.

import type { DuckDBConnection } from '@duckdb/node-api';
import { type Disk, nodeDisk } from '../disk.ts';
import { readSettings } from '../settings.ts';
import { rewriteDays, SESSIONS, TRANSCRIPTS } from './days.ts';
import { draftForgotten } from './forgotten.ts';
import { draftMerges, type SettledMerges, settleMerges } from './merges.ts';
import { orderMessages, orderSessions } from './order.ts';
import { readGladlyCsv } from './readGladlyCsv.ts';
import { readRecords } from './readRecords.ts';
import { contradictions, rejections, writeRejects } from './rejects.ts';
import type { Counts, IngestRequest, IngestResult, LakeChange } from './request.ts';
import { defineRetention, draftExpiry } from './retention.ts';
import { filesToOpen, findSources, type Source } from './source.ts';
import { draftSettings, draftState } from './state.ts';
import { draftWaiting } from './waiting.ts';
import { ingestSql, type Workbench, withWorkbench } from './workbench.ts';

export async function ingest(request: IngestRequest, disk: Disk = nodeDisk): Promise<IngestResult> {
  const { kind, layout, format } = request;
  await readSettings(layout); // what is wrong with them is said before anything is read
  const sources = await findSources(kind, request.sources, format);
  const bench = { layout, disk, files: filesToOpen(sources), action: 'ingest into' };
  return withWorkbench(bench, async (workbench) => {
    const { connection } = workbench;
    await stageSources(workbench, request, sources);
    const merges = await settleMerges(connection);
    const rejected = await rejections(connection);
    const contradicting = await contradictions(connection);
    if (request.rejectsFile !== undefined) await writeRejects(connection, request.rejectsFile);
    const isRefused = request.strict && rejected.count > 0;
    return {
      read: (await countGood(connection)) + rejected.count,
      rejected,
      otherItems: await count(connection, 'staged_message where is_other_item'),
      contradicting,
      lake: isRefused ? undefined : await write(workbench, request, merges),
    };
  });
}

async function stageSources(
  workbench: Workbench,
  { kind, layout, timezone }: IngestRequest,
  sources: readonly Source[],
): Promise<void> {
  if (kind === 'gladly-csv') {
    const zone = timezone ?? (await readSettings(layout)).timezone;
    await readGladlyCsv(workbench, sources, zone);
  } else {
    await readRecords(workbench, kind, sources);
  }
}

async function countGood(connection: DuckDBConnection): Promise<number> {
  const sessions = await count(connection, 'good_session');
  const messages = await count(connection, 'good_message');
  return sessions + messages + (await count(connection, 'good_merge'));
}

/** Drafts everything first, so that what can fail has failed before the lake changes. */
async function write(
  workbench: Workbench,
  request: IngestRequest,
  merges: SettledMerges,
): Promise<LakeChange> {
  const { connection, layout, publication } = workbench;
  const before = await defineRetention(workbench, request.now);
  await connection.run(await ingestSql('settle_sessions.sql'));
  await orderSessions(connection);
  await connection.run(await ingestSql('day_sessions.sql'));
  await connection.run(await ingestSql('settle_messages.sql'));
  await orderMessages(connection);
  await connection.run(await ingestSql('day_transcripts.sql'));
  const sessions = await rewriteDays(workbench, SESSIONS);
  const transcripts = await rewriteDays(workbench, TRANSCRIPTS);
  const waiting = await draftWaiting(workbench);
  if (merges.isChanged) await draftMerges(workbench);
  await draftForgotten(workbench, request.now);
  const expired = await draftExpiry(workbench, before, request.now);
  await draftSettings(layout, publication);
  await draftState(
    connection,
    layout,
    {
      sessions: sessions.files,
      transcripts: transcripts.files,
      areMergesChanged: merges.isChanged,
      dataThrough: request.dataThrough,
      ingestedAt: request.now,
    },
    publication,
  );
  const change = {
    sessions: countsOf(await count(connection, 'good_session'), sessions),
    messages: countsOf(await count(connection, 'read_message'), {
      written: transcripts.written + waiting.written,
      unchanged: transcripts.unchanged + waiting.unchanged,
    }),
    merges: merges.counts,
    waiting: waiting.waiting,
    files: sessions.files.size + transcripts.files.size + Number(merges.isChanged),
    expired,
  };
  const publish = () => publication.publish();
  await (expired === undefined ? publish() : request.aroundRemoval(expired, publish));
  return change;
}

async function count(connection: DuckDBConnection, table: string): Promise<number> {
  const reader = await connection.runAndReadAll(`select count(*) from ${table}`);
  return Number(reader.getRows()[0]?.[0]);
}

/** What is neither written nor unchanged gave way to a newer version. */
function countsOf(records: number, { written, unchanged }: Omit<Counts, 'superseded'>): Counts {
  return { written, unchanged, superseded: records - written - unchanged };
}
