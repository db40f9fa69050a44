-- The lake as views (SPEC 2). The only SQL that names files.
--
-- Variables, so that views stay the same while the files behind them change:
--   lake              folder of one organisation, or its address in an object
--                     store: s3://bucket/prefix/acme
--   session_files     day files, in the order of their days
--   transcript_files  likewise
--   merge_files       none or one
--   timezone, week_start, conversation_link, data_through
--                     the organisation's settings and the watermark: what a
--                     macro takes when it is not told otherwise
-- Whoever runs a part of a report narrows session_files and transcript_files to
-- the days it reads: then the cost follows the range, not the lake.

set variable lake
  = rtrim(coalesce(getvariable('lake'), 'data/acme'), '/');

-- Each name below is a pattern, at need by a [t]: a pattern may find nothing,
-- while of an object store DuckDB takes a plain name to be there.

set variable session_files = (
  select list(file order by file)
  from glob(getvariable('lake') || '/sessions/day=*/sessions.parquet')
);

set variable transcript_files = (
  select list(file order by file)
  from glob(getvariable('lake') || '/transcripts/day=*/transcripts.parquet')
);

set variable merge_files = (
  select list(file)
  from glob(
    getvariable('lake') || '/customer_merges/customer_merges.parque[t]'
  )
);

-- read_parquet refuses an empty list, so a view over no files is spelled out.

-- grain: one row per AI session
--
-- lake_row: its day and its place in the day's file. It means something only
-- while the files are the same, as within one statement; there it names a
-- session as session_id does, and is much cheaper to join by.
create or replace view session_rows as
from query(
  case when len(getvariable('session_files')) > 0
  then '
    select
      session_id, customer_id, conversation_id, channel, gladly_agent,
      guides_used, created_at, ended_at, was_responded_to, was_handed_off,
      was_resolved, handoff_category, handoff_subcategory, session_summary,
      handoff_reason, transfer_rationale, updated_at, day,
      (day - date ''2000-01-01'') * 4294967296 + file_row_number as lake_row
    from read_parquet(
      getvariable(''session_files''),
      hive_partitioning = true, hive_types = {day: date},
      file_row_number = true
    )'
  else '
    select
      null::varchar as session_id, null::varchar as customer_id,
      null::varchar as conversation_id, null::varchar as channel,
      null::varchar as gladly_agent, null::varchar[] as guides_used,
      null::timestamptz as created_at, null::timestamptz as ended_at,
      null::boolean as was_responded_to, null::boolean as was_handed_off,
      null::boolean as was_resolved, null::varchar as handoff_category,
      null::varchar as handoff_subcategory, null::varchar as session_summary,
      null::varchar as handoff_reason, null::varchar as transfer_rationale,
      null::timestamptz as updated_at, null::date as day,
      null::bigint as lake_row
    where false'
  end
);

comment on view session_rows is 'AI sessions, and where each lies in the lake';

-- grain: one row per AI session
create or replace view sessions as
select * exclude (lake_row)
from session_rows;

comment on view sessions is 'AI sessions as in the lake, without message text';

-- grain: one row per AI session that has messages
create or replace view transcripts as
from query(
  case when len(getvariable('transcript_files')) > 0
  then '
    select session_id, created_at, messages, day
    from read_parquet(
      getvariable(''transcript_files''),
      hive_partitioning = true, hive_types = {day: date}
    )'
  else '
    select
      null::varchar as session_id, null::timestamptz as created_at,
      null::struct(
        message_id varchar, sent_at timestamptz, author varchar, "text" varchar
      )[] as messages,
      null::date as day
    where false'
  end
);

comment on view transcripts is
  'The messages of each AI session: may hold personal data';

-- grain: one row per customer id that was merged into another; no chains
create or replace view customer_merges as
from query(
  case when len(getvariable('merge_files')) > 0
  then '
    select from_customer_id, to_customer_id
    from read_parquet(getvariable(''merge_files''))'
  else '
    select
      null::varchar as from_customer_id, null::varchar as to_customer_id
    where false'
  end
);

comment on view customer_merges is
  'Customer ids that were merged into another; no chains';

set variable org_settings = (
  select coalesce(max(content), '{}')::json
  from read_text(getvariable('lake') || '/org.jso[n]')
);

set variable lake_state = (
  select coalesce(max(content), '{}')::json
  from read_text(getvariable('lake') || '/lake.jso[n]')
);

set variable timezone
  = coalesce(getvariable('org_settings') ->> 'timezone', 'UTC');

set variable week_start
  = coalesce(getvariable('org_settings') ->> 'weekStart', 'monday');

set variable conversation_link = replace(
  coalesce(
    getvariable('org_settings') ->> 'conversationLink',
    'https://{org}.gladly.com/conversations/{conversationId}'
  ),
  '{org}', parse_filename(getvariable('lake'))
);

-- The newest session lies in the newest day.
set variable data_through = (
  select coalesce(
    (getvariable('lake_state') ->> 'dataThrough')::timestamptz,
    max(s.created_at)
  )
  from sessions as s
  where s.day = regexp_extract(
    getvariable('session_files')[-1], 'day=(\d{4}-\d{2}-\d{2})', 1
  )::date
);
