-- One day of transcripts; transcript_files names its file, if there is one. Stands
-- on arriving_message, which is joining_message in the order of the days.

create view transcript_day as
select day from arriving_message
union
select day from leaving_transcript
union
select day from expiring_transcript;

-- grain: one message of a session that messages arrive for, its newest version.
-- What a history tells gives way to the same words under an id of their own.
-- The others stand on newest_message: a day's are put into a temporary table of
-- that name, which hides the one here.
create macro newest_messages(of_day) as table
with
arriving as (
  select * exclude (day) from arriving_message where day = of_day
),

standing as (
  select
    null as ordinal, t.session_id, null as created_at,
    m.message_id, m.sent_at, m.author, m."text"
  from transcripts as t, unnest(t.messages) as messages(m)
  where t.session_id in (select session_id from arriving)
    and t.session_id not in (
      select session_id from leaving_transcript where day = of_day
    )
),

version as (
  from arriving
  union all
  from standing
),

newest as (
  from version
  qualify row_number() over (
    partition by session_id, message_id order by ordinal desc nulls last
  ) = 1
),

gathered as (
  select
    * exclude (created_at),
    max(created_at) over of_session as created_at,
    bool_or(starts_with(message_id, '~')) over of_session as has_history,
    bool_and(starts_with(message_id, '~')) over of_session as is_history
  from newest
  window of_session as (partition by session_id)
)

select
  ordinal, session_id, created_at, message_id, sent_at, author, "text"
from gathered
where is_history or not has_history
union all
(
  select
    ordinal, session_id, created_at, message_id, sent_at, author, "text"
  from gathered
  where has_history and not is_history
  qualify not starts_with(message_id, '~')
    or bool_and(starts_with(message_id, '~')) over (
      partition by
        session_id,
        author,
        date_trunc('second', sent_at),
        regexp_replace("text", '\s+', ' ', 'g')
    )
);

create table newest_message as
from newest_messages(null::date);

-- grain: one transcript that messages arrive for
create macro rebuilt_transcripts() as table
select
  session_id,
  any_value(created_at) as created_at,
  list_transform(
    list_sort(list({
      sent_at: sent_at, message_id: message_id, author: author, "text": "text"
    })),
    lambda message: {
      message_id: message.message_id,
      sent_at: message.sent_at,
      author: message.author,
      "text": message."text"
    }
  ) as messages
from newest_message
group by session_id;

-- grain: one row, what arrives for the day and whether it changes it
create macro transcripts_examined(of_day) as table
with
arriving as (
  select session_id, message_id, sent_at, author, "text"
  from newest_message
  where ordinal >= 0
),

standing as (
  select t.session_id, m.message_id, m.sent_at, m.author, m."text"
  from transcripts as t, unnest(t.messages) as messages(m)
),

unchanged as (
  from arriving
  intersect
  from standing
),

counted as (
  select
    (select count(*) from arriving) as arrived,
    (select count(*) from unchanged) as unchanged,
    exists (from newest_message where ordinal < 0) as are_kept_joining,
    exists (
      from leaving_transcript where day = of_day or new_day = of_day
    ) as are_moving,
    exists (from expiring_transcript where day = of_day) as are_expiring
)

select
  arrived - unchanged as written,
  unchanged,
  arrived > unchanged or are_kept_joining or are_moving or are_expiring
    as is_changed
from counted;

-- grain: one transcript of the day when the ingest is done
create macro transcripts_after(of_day) as table
select session_id, created_at, messages
from transcripts
where not is_expired(of_day) and session_id not in (
  select session_id from newest_message
  union all
  select session_id from leaving_transcript where day = of_day
)
union all
from rebuilt_transcripts()
order by created_at, session_id;
