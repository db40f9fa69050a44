-- One day of transcripts; transcript_files names its file, if there is one.

-- grain: one message of a session that messages arrive for, its newest version.
-- What a history tells gives way to the same words under an id of their own.
create macro messages_after(of_day) as table
with
arriving as (
  select * exclude (day) from arriving_message where day = of_day
),

standing as (
  select
    -3 as ordinal, t.session_id, null as created_at,
    m.message_id, m.sent_at, m.author, m."text"
  from transcripts as t, unnest(t.messages) as messages(m)
  where t.session_id in (select session_id from arriving)
),

version as (
  from arriving
  union all
  from standing
),

newest as (
  from version
  qualify row_number() over (
    partition by session_id, message_id order by ordinal desc
  ) = 1
)

select
  ordinal,
  session_id,
  max(created_at) over (partition by session_id) as created_at,
  message_id,
  sent_at,
  author,
  "text"
from newest
qualify not starts_with(message_id, '~')
  or bool_and(starts_with(message_id, '~')) over (
    partition by
      session_id,
      author,
      date_trunc('second', sent_at),
      regexp_replace("text", '\s+', ' ', 'g')
  );

-- grain: one transcript that messages arrive for
create macro rebuilt_transcripts(of_day) as table
select
  session_id,
  max(created_at) as created_at,
  list(
    {
      message_id: message_id, sent_at: sent_at, author: author, "text": "text"
    }
    order by sent_at, message_id
  ) as messages
from messages_after(of_day)
group by session_id;

-- grain: one row, what arrives for the day and whether it changes it
create macro transcripts_examined(of_day) as table
with
kept as (
  select session_id, message_id, sent_at, author, "text"
  from messages_after(of_day)
  where ordinal >= 0
),

standing as (
  select t.session_id, m.message_id, m.sent_at, m.author, m."text"
  from transcripts as t, unnest(t.messages) as messages(m)
),

unchanged as (
  from kept
  intersect
  from standing
),

changed_transcript as (
  from rebuilt_transcripts(of_day)
  except
  select session_id, created_at, messages from transcripts
),

counted as (
  select
    (select count(*) from kept) as kept,
    (select count(*) from unchanged) as unchanged,
    exists (from changed_transcript)
      or exists (from leaving_transcript where day = of_day) as is_changed
)

select kept - unchanged as written, unchanged, is_changed
from counted;

-- grain: one transcript of the day when the ingest is done
create macro transcripts_after(of_day) as table
select session_id, created_at, messages
from transcripts
where session_id not in (
  select session_id from arriving_message where day = of_day
  union all
  select session_id from leaving_transcript where day = of_day
)
union all
from rebuilt_transcripts(of_day)
order by created_at, session_id;
