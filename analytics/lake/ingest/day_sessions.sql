-- One day of sessions; session_files names its file, if there is one. Stands on
-- ordered_session, which is good_session, in the order of the days if need be.

-- grain: one accepted session of the day, as it will be stored
create macro arriving_sessions(of_day) as table
with
accepted as (
  select
    o.*,
    s.session_id is null as is_linked,
    s.session_id is null and not is_expired(of_day) as has_texts
  from ordered_session as o
  left join silenced_session as s on o.session_id = s.session_id
  where o.created_at >= timezone('UTC', of_day::timestamp)
    and o.created_at < timezone('UTC', of_day::timestamp + interval 1 day)
    and o.ordinal not in (select ordinal from passed_over_record)
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
  updated_at
from accepted;

-- A day that has no file yet, without looking at what is not there.
-- grain: one session of the day when the ingest is done
create macro sessions_of_new_day(of_day) as table
from arriving_sessions(of_day)
order by created_at, session_id;

-- grain: one row, what arrives for the day and whether it changes it
create macro sessions_examined(of_day) as table
with
arriving as (
  from arriving_sessions(of_day)
),

unchanged as (
  from arriving
  intersect
  select * exclude (day) from sessions
),

counted as (
  select
    (select count(*) from arriving) as arrived,
    (select count(*) from unchanged) as unchanged,
    exists (from leaving_session where day = of_day) as is_left,
    exists (from expiring_session where day = of_day) as is_expiring
)

select
  arrived - unchanged as written,
  unchanged,
  arrived > unchanged or is_left or is_expiring as is_changed
from counted;

-- grain: one session of the day when the ingest is done
create macro sessions_after(of_day) as table
select * exclude (day) replace (
  if(is_expired(of_day), null, session_summary) as session_summary,
  if(is_expired(of_day), null, handoff_reason) as handoff_reason,
  if(is_expired(of_day), null, transfer_rationale) as transfer_rationale
)
from sessions
where session_id not in (
  select session_id from accepted_session where day = of_day
  union all
  select session_id from leaving_session where day = of_day
)
union all
from arriving_sessions(of_day)
order by created_at, session_id;
