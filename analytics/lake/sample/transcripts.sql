-- sample_transcripts(first_day, last_day): one row per session of those UTC
-- days that has messages, 1 to 60 of them, in the lake's columns.
create macro sample_transcripts(first_day, last_day) as table
with
traits as (
  select
    number,
    session_id,
    created_at,
    active_ms,
    course,
    openers,
    answers,
    replies,
    prompts,
    agent_replies
  from sample_traits(first_day, last_day)
),

counted as (
  select
    *,
    case
      when share('no messages', number) < 0.04 then 0
      when course in ('no response', 'no response, handed off')
        then 1 + draw('messages', number, 3)
      else 2 + draw('messages', number, 8)
        + floor(52 * pow(share('more messages', number), 8))::bigint
    end as message_count
  from traits
),

numbered as (
  select
    *,
    unnest(range(message_count)) as position,
    -- a number of its own for each message: no session has more than 60
    64 * number + position as message
  from counted
),

timed as (
  select
    *,
    -- now and then two messages share an instant
    greatest(position - if(draw('same instant', message, 12) = 0, 1, 0), 0)
      as moment,
    active_ms // message_count as pace_ms,
    created_at + to_milliseconds(
      pace_ms * moment + draw('pause', 64 * number + moment, pace_ms)
    ) as sent_at
  from numbered
),

spoken as (
  select
    *,
    case
      when draw('system', message, 40) = 0 then 'SYSTEM'
      when position % 2 = 0 or draw('insists', message, 6) = 0 then 'CUSTOMER'
      when course = 'no response' then 'SYSTEM'
      when course = 'handed off' and position > message_count * 2 // 3
        then 'AGENT'
      else 'GLADLY_AI'
    end as author
  from timed
  where sent_at < getvariable('data_through')
),

written as (
  select
    session_id,
    created_at,
    sample_id('message', message) as message_id,
    sent_at,
    author,
    case
      when author = 'SYSTEM' then pick(system_texts(), 'text', message)
      when author = 'GLADLY_AI' and course = 'no response, handed off'
        then 'One moment please.'
      when author = 'CUSTOMER' and draw('rough text', message, 40) = 0
        then pick(rough_texts(), 'text', message)
      else filled(
        pick(
          case
            when author = 'AGENT' then agent_replies
            when author = 'GLADLY_AI' and position < 2 then answers
            when author = 'GLADLY_AI' then prompts
            when position = 0 then openers
            else replies
          end,
          'text',
          message
        ),
        number
      )
    end as body
  from spoken
)

-- Structs sort by their fields in order, so the sort comes first and the cast
-- then puts the fields into the lake's order. An order by inside of list() is
-- 9 times as slow.
select
  session_id,
  created_at,
  list_sort(list(struct_pack(
    sent_at := sent_at,
    message_id := message_id,
    author := author,
    "text" := body
  )))::struct(
    message_id varchar, sent_at timestamptz, author varchar, "text" varchar
  )[] as messages
from written
group by session_id, created_at;
