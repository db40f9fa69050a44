-- Which staged sessions go into the lake, and which days that touches: worked out
-- without their texts. Needs the macro is_expired (retention.ts).

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

-- grain: one record that gives way to a newer one; mostly there are none
create table passed_over_record as
select ordinal
from good_session
where ordinal not in (select ordinal from accepted_session);

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

-- grain: one accepted session and a day that must not hold it any longer
create table leaving_session as
select distinct s.day, s.session_id
from stored_session as s
inner join accepted_session as a on s.session_id = a.session_id
where s.day <> a.day;

create view session_day as
select day from accepted_session
union
select day from leaving_session
union
select day from expiring_session;

-- grain: one row, whether a day's sessions lie together in the input, so that
-- they are found there without reading most of it
create view sessions_order_examined as
with
span as (
  select max(ordinal) - min(ordinal) + 1 as length, count(*) as sessions
  from accepted_session
  group by day
)

select coalesce(sum(length) <= 4 * sum(sessions), true) as lie_together
from span;
