-- One day of sessions; session_files names its file, if there is one.

-- A day that has no file yet, without looking at what is not there.
-- grain: one session of the day when the ingest is done
create macro sessions_of_new_day(of_day) as table
select * exclude (day)
from arriving_session
where day = of_day
order by created_at, session_id;

-- grain: one row, what arrives for the day and whether it changes it
create macro sessions_examined(of_day) as table
with
arriving as (
  select * exclude (day) from arriving_session where day = of_day
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
  select session_id from arriving_session where day = of_day
  union all
  select session_id from leaving_session where day = of_day
)
union all
select * exclude (day)
from arriving_session
where day = of_day
order by created_at, session_id;
