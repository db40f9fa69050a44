-- Which staged sessions go into the lake, and which days that touches. Needs the
-- macro is_expired (retention.ts).

-- grain: one session of the input, its newest record
create table newest_session as
select
  session_id,
  created_at,
  updated_at,
  ordinal
from good_session
qualify row_number() over (
  partition by session_id order by updated_at desc nulls last, ordinal desc
) = 1;

-- grain: one row of the lake for such a session; more than one for a session
-- that a crash has left in two days
create table stored_session as
select session_id, created_at, updated_at, day
from sessions
where session_id in (select session_id from newest_session);

-- grain: one session whose record is not older than what the lake holds
create table accepted_session as
with
stored as (
  select session_id, max(updated_at) as updated_at
  from stored_session
  group by session_id
)

select
  n.session_id,
  n.created_at,
  timezone('UTC', n.created_at)::date as day,
  n.ordinal
from newest_session as n
left join stored as s on n.session_id = s.session_id
where s.updated_at is null
  or s.updated_at <= coalesce(n.updated_at, '-infinity');

-- grain: one session of the input that was forgotten, or whose customer was
-- after it began
create table silenced_session as
select g.session_id
from good_session as g
where g.ordinal in (select ordinal from accepted_session)
  and (
    g.session_id in (
      select session_id from forgotten where session_id is not null
    )
    or exists (
      from forgotten as f
      where f.customer_sha256 = sha256(g.customer_id)
        and f.forgotten_at >= g.created_at
    )
  );

-- grain: one session that is forgotten only now, with its customer
create view newly_silenced as
select session_id
from silenced_session
where session_id not in (
  select session_id from forgotten where session_id is not null
);

-- grain: one session of the lake whose texts have been kept for long enough
create table expiring_session as
select session_id, day
from sessions
where is_expired(day)
  and coalesce(session_summary, handoff_reason, transfer_rationale) is not null;

-- grain: one accepted session, as it will be stored, in the order of the lake
create table arriving_session as
with
accepted as (
  select
    g.*,
    timezone('UTC', g.created_at)::date as day,
    s.session_id is null as is_linked,
    s.session_id is null and not is_expired(day) as has_texts
  from good_session as g
  left join silenced_session as s on g.session_id = s.session_id
  where g.ordinal in (select ordinal from accepted_session)
)

select
  session_id,
  if(is_linked, customer_id, null) as customer_id,
  if(is_linked, conversation_id, null) as conversation_id,
  channel, gladly_agent, guides_used, created_at, ended_at,
  was_responded_to, was_handed_off, was_resolved, handoff_category,
  handoff_subcategory,
  if(has_texts, session_summary, null) as session_summary,
  if(has_texts, handoff_reason, null) as handoff_reason,
  if(has_texts, transfer_rationale, null) as transfer_rationale,
  updated_at,
  day
from accepted
order by created_at, session_id;

-- grain: one accepted session and a day that must not hold it any longer
create table leaving_session as
select distinct s.day, s.session_id
from stored_session as s
inner join accepted_session as a on s.session_id = a.session_id
where s.day <> a.day;

create view session_day as
select day from arriving_session
union
select day from leaving_session
union
select day from expiring_session;
