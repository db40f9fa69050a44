-- What a customer leaves in the lake. Needs the variables customer and now.

-- grain: one customer id of the same person
create table forgotten_customer as
with merged_into as (
  select coalesce(
    (
      select to_customer_id from customer_merges
      where from_customer_id = getvariable('customer')
    ),
    getvariable('customer')
  ) as customer_id
)
from merged_into
union
select from_customer_id
from customer_merges
where to_customer_id in (select customer_id from merged_into);

-- grain: one of the person's sessions
create table forgotten_session as
select session_id, day
from sessions
where customer_id in (select customer_id from forgotten_customer);

-- grain: one customer or one session that was forgotten, now or before
create table all_forgotten as
from forgotten
union all
select null, sha256(customer_id), getvariable('now')::timestamptz
from forgotten_customer
union all
select session_id, null, getvariable('now')::timestamptz
from forgotten_session;

create view forgotten_session_day as
select distinct day
from forgotten_session;

create view forgotten_transcript_day as
select distinct day
from transcripts
where session_id in (select session_id from forgotten_session);

-- grain: one session of the day, without what is forgotten
create macro sessions_without(of_day) as table
with forgetting as (
  select session_id from forgotten_session where day = of_day
)
select
  s.* exclude (day) replace (
    if(f.session_id is null, s.customer_id, null) as customer_id,
    if(f.session_id is null, s.conversation_id, null) as conversation_id,
    if(f.session_id is null, s.session_summary, null) as session_summary,
    if(f.session_id is null, s.handoff_reason, null) as handoff_reason,
    if(f.session_id is null, s.transfer_rationale, null) as transfer_rationale
  )
from sessions as s
left join forgetting as f on s.session_id = f.session_id
where s.day = of_day
order by s.created_at, s.session_id;

-- grain: one transcript of the day, of a session that is not forgotten
create macro transcripts_without(of_day) as table
select session_id, created_at, messages
from transcripts
where day = of_day
  and session_id not in (select session_id from forgotten_session)
order by created_at, session_id;

create view merges_without as
select from_customer_id, to_customer_id
from customer_merges
where from_customer_id not in (select customer_id from forgotten_customer)
  and to_customer_id not in (select customer_id from forgotten_customer)
order by from_customer_id;

create view pending_without as
select session_id, message_id, sent_at, author, "text"
from pending_message
where session_id not in (select session_id from forgotten_session)
order by sent_at, session_id, message_id;
