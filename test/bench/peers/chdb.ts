// A peer: the same report by chDB (ClickHouse in process), from the same Parquet files, as near as its
// SQL allows: it quotes every text, and a frame of 24 hours is of milliseconds, because its offsets have
// 32 bits.

import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { answerJob } from '../../../analytics/bench/child.ts';
import type { Measurement } from '../../../analytics/bench/measurement.ts';
import { peakMegabytes } from '../../../analytics/bench/peakMemory.ts';
import { TIMEZONE } from '../../../analytics/bench/shape.ts';
import { lastDayOf, type WriteJob } from '../../../analytics/bench/writeJob.ts';
import { listDays } from '../../../analytics/lake/days.ts';
import { lakeLayout } from '../../../analytics/lake/layout.ts';
import { readLakeState } from '../../../analytics/lake/settings.ts';
import { stopwatch } from '../../../analytics/stopwatch.ts';
import { addDays } from '../../../sql/contract/localDate.ts';

/** What is used of it; its own types are there only where it is installed. */
interface Chdb {
  queryAsync(sql: string): Promise<unknown>;
}

const chdb = createRequire(import.meta.url)('chdb') as Chdb;

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A free-text cell, guarded against formulas. */
const cell = (expression: string) => `
  if(
    match(
      ${expression},
      '^(?:[\\\\t\\\\r]|[ \\\\t\\\\n\\\\v\\\\f\\\\r]*[-=+@\\\\x{FF1D}\\\\x{FF0B}\\\\x{FF0D}\\\\x{FF20}])'
    ),
    concat('\\'', ${expression}), ${expression}
  )`;

async function reportSql({ dataDir, organisation, range, output }: WriteJob): Promise<string> {
  const layout = lakeLayout(dataDir, organisation);
  const days = await listDays(layout, addDays(range.from, -1), addDays(range.to, 2), false);
  const files = days.map(({ day }) => `day=${day}`).join(',');
  const sessions = `file(${text(`${layout.sessionsDir}/{${files}}/sessions.parquet`)}, Parquet)`;
  const merges = `file(${text(layout.mergesFile)}, Parquet)`;
  const { dataThrough = '' } = await readLakeState(layout);
  const through = `parseDateTime64BestEffort(${text(dataThrough)}, 6)`;
  const link = `https://${organisation}.gladly.com/conversations/`;

  return `
    insert into function file(${text(output)}, 'CSVWithNames')
    with recontacted as (
      select session_id
      from (
        select
          s.session_id,
          s.was_resolved,
          count() over (
            partition by if(m.to_customer_id = '', s.customer_id, m.to_customer_id)
            order by toUnixTimestamp64Milli(s.created_at)
            range between 1 following and 86400000 following
          ) as later
        from ${sessions} as s
        left join (
          select from_customer_id, ifNull(to_customer_id, '') as to_customer_id from ${merges}
        ) as m on m.from_customer_id = s.customer_id
        where s.customer_id is not null
      )
      where was_resolved and later > 0
    )
    select
      session_id as "Session ID",
      customer_id as "Customer ID",
      conversation_id as "Conversation ID",
      channel as "Channel",
      ${cell('gladly_agent')} as "Gladly Agent",
      ${cell(`arrayStringConcat(
        arrayMap(
          guide -> if(
            match(guide, '[,"]'), concat('"', replaceAll(guide, '"', '""'), '"'), guide
          ),
          arrayMap(guide -> assumeNotNull(guide), guides_used)
        ),
        ', '
      )`)} as "Guides Used",
      formatDateTime(created_at, '%Y-%m-%d %H:%i:%S', ${text(TIMEZONE)}) as "Created Date",
      was_handed_off as "Was Handed Off",
      was_resolved as "Was Resolved",
      multiIf(
        was_resolved is distinct from true, null,
        session_id in recontacted, true,
        customer_id is null, null,
        created_at <= ${through} - interval 24 hour, false,
        null
      ) as "Was Recontacted Resolution - 24 Hours",
      was_responded_to as "Was Responded To",
      ${cell('handoff_category')} as "Handoff Category",
      ${cell('handoff_subcategory')} as "Handoff Subcategory",
      ${cell(`coalesce(
        nullif(handoff_reason, ''),
        if(
          startsWith(trimLeft(session_summary), '{') and isValidJSON(session_summary),
          coalesce(
            nullif(JSONExtractString(session_summary, 'handoffReason'), ''),
            nullif(JSONExtractString(session_summary, 'handoff_reason'), '')
          ),
          if(
            positionCaseInsensitive(session_summary, 'handoff reason:') > 0,
            nullif(trim(both ' \\t\\r\\n' from extract(
              assumeNotNull(session_summary),
              '(?i)(?:^|\\\\n)handoff reason:([^\\\\n]*(?:\\\\n[ \\\\t\\\\r]*[^ \\\\t\\\\r\\\\n][^\\\\n]*)*)'
            )), ''),
            null
          )
        )
      )`)} as "Handoff Reason",
      ${cell('transfer_rationale')} as "Transfer Rationale",
      concat(${text(link)}, conversation_id) as "Conversation Link"
    from ${sessions}
    where created_at >= toDateTime64(${text(`${range.from} 00:00:00`)}, 6, ${text(TIMEZONE)})
      and created_at
        < toDateTime64(${text(`${addDays(range.to, 1)} 00:00:00`)}, 6, ${text(TIMEZONE)})
    order by created_at, session_id
    settings format_csv_null_representation = '', engine_file_truncate_on_insert = 1
  `;
}

await answerJob(async (job: WriteJob): Promise<Measurement[]> => {
  await chdb.queryAsync(await reportSql(lastDayOf(job)));
  const sql = await reportSql(job);
  const elapsed = stopwatch();
  await chdb.queryAsync(sql);
  const seconds = elapsed();
  const { size: bytes } = await stat(job.output);
  const memory = await peakMegabytes();
  return [{ seconds, bytes, peakMegabytes: memory }];
});
