-- The sessions of a request with the period that each falls into: what the
-- counting reports stand on. The first 16 parameters are those of ai_sessions.
-- A bucket of none is one period without a name. typed: a period that is a day
-- or a week is a date, rather than text.
--
-- grain: one AI session
create or replace macro session_periods(
  from_date, to_date, timezone, channels, agents, guides, outcomes,
  handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
  session_ids, recontacted, first_day, last_day, data_through,
  bucket, week_start, typed
) as table
with requested as (
  from ai_sessions(
    from_date := from_date, to_date := to_date, timezone := timezone,
    channels := channels, agents := agents, guides := guides,
    outcomes := outcomes, handoff_categories := handoff_categories,
    handoff_subcategories := handoff_subcategories,
    customer_ids := customer_ids, conversation_ids := conversation_ids,
    session_ids := session_ids, recontacted := recontacted,
    first_day := first_day, last_day := last_day,
    data_through := data_through
  )
)
select
  r.*,
  case when bucket <> 'none' then
    created_cell(
      r.created_at, r.local_created_at, bucket,
      coalesce(week_start, getvariable('week_start')), 'local', typed
    )
  end as period
from requested as r;

comment on macro table session_periods is
  'Sessions of a request with the period that each falls into';

-- Which columns a counting report shows: the period under the header that the
-- bucket asks for, and none for a bucket of none. A name without a capital is
-- no header. Use: select columns(lambda name: shown_in_counts(name, bucket)).
create or replace macro shown_in_counts(name, bucket) as
  case
    when name = lower(name) then false
    when starts_with(name, 'Created ')
    then bucket <> 'none' and name = created_header(bucket)
    else true
  end;

comment on macro shown_in_counts is
  'Whether a counting report shows the column of this name';
