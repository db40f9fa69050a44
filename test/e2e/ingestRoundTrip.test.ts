// A generated year as JSON Lines → lake → detail with messages → gladly-csv into a second lake → the
// same bytes again. ROUND_TRIP_SESSIONS makes it larger; ROUND_TRIP_LOG=1 tells how long each step took.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';
import { query } from '../unit/support/ingestInto.ts';
import { startProgram, untilEnd } from './support/program.ts';

const SESSIONS = Number(process.env['ROUND_TRIP_SESSIONS'] ?? 5_000);
const DAYS = Math.min(Math.ceil(SESSIONS / 100), 365);
const MESSAGES_EACH = 6;
const THROUGH = '2026-07-01';

/** A local time of a report has no fractions of a second, so the year has none either. */
const instant = (column: string) => `strftime(timezone('UTC', ${column}), '%Y-%m-%dT%H:%M:%SZ')`;

async function writeJsonLines(sample: string, folder: string): Promise<void> {
  await query(`
    copy (
      select
        session_id as "sessionId", customer_id as "customerId",
        conversation_id as "conversationId", channel, gladly_agent as "gladlyAgent",
        guides_used as "guidesUsed", ${instant('created_at')} as "createdAt",
        ${instant('ended_at')} as "endedAt", was_responded_to as "wasRespondedTo",
        was_handed_off as "wasHandedOff", was_resolved as "wasResolved",
        handoff_category as "handoffCategory", handoff_subcategory as "handoffSubcategory",
        handoff_reason as "handoffReason", session_summary as "sessionSummary",
        transfer_rationale as "transferRationale", ${instant('updated_at')} as "updatedAt"
      from read_parquet('${sample}/sessions/*/sessions.parquet')
    ) to '${folder}/sessions.jsonl' (format json)`);
  await query(`
    copy (
      select
        session_id as "sessionId", m.message_id as "messageId", ${instant('m.sent_at')} as "sentAt",
        m.author, m.text
      from read_parquet('${sample}/transcripts/*/transcripts.parquet'),
        unnest(messages[:${MESSAGES_EACH}]) as each(m)
    ) to '${folder}/messages.jsonl.zst' (format json, compression zstd)`);
  await query(`
    copy (
      select from_customer_id as "fromCustomerId", to_customer_id as "toCustomerId"
      from read_parquet('${sample}/customer_merges/*.parquet')
    ) to '${folder}/merges.csv' (format csv)`);
}

test(
  `${SESSIONS} sessions come out of the second lake as out of the first`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
    const file = (name: string) => join(folder, name);
    const run = async (args: string[]) => {
      const begun = performance.now();
      const ended = await untilEnd(startProgram('cli.ts', args, { temp: folder }));
      expect(ended.status, ended.stderr).toBe(0);
      if (process.env['ROUND_TRIP_LOG']) {
        const seconds = ((performance.now() - begun) / 1000).toFixed(1);
        process.stderr.write(`${seconds} s: ${args.slice(0, 2).join(' ')}\n${ended.stderr}`);
      }
      return ended.stderr;
    };
    const of = (data: string) => ['--data', file(data), '--org', 'acme'];
    const report = (data: string) => {
      const range = ['--from', '2025-06-30', '--to', THROUGH, '--timezone', 'UTC'];
      const output = ['--output', file(`${data}.csv`)];
      return run(['run', 'ai-sessions-detail-with-messages', ...of(data), ...range, ...output]);
    };
    const ingest = (data: string, kind: string, source: string) => {
      const zone = kind === 'gladly-csv' ? ['--timezone', 'UTC'] : [];
      const through = ['--strict', '--data-through', `${THROUGH}T00:00:00Z`];
      return run(['ingest', kind, file(source), ...of(data), ...zone, ...through]);
    };
    try {
      const sample = lakeLayout(file('sample'), 'acme');
      await makeSample({
        layout: sample,
        sessions: SESSIONS,
        days: DAYS,
        seed: 5,
        transcripts: true,
        until: '2026-06-30',
      });
      await writeJsonLines(sample.root, folder);
      await rm(sample.root, { recursive: true });

      await ingest('first', 'messages', 'messages.jsonl.zst');
      await ingest('first', 'sessions', 'sessions.jsonl');
      await ingest('first', 'merges', 'merges.csv');
      const once = await report('first');
      await ingest('second', 'gladly-csv', 'first.csv');
      await ingest('second', 'merges', 'merges.csv');
      const twice = await report('second');
      await run(['check', ...of('second')]);

      expect(once).toMatch(new RegExp(`^${SESSIONS} rows, \\d+ bytes, SHA-256 [0-9a-f]{64}`));
      expect(twice).toBe(once);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  120_000 + SESSIONS * 2,
);
