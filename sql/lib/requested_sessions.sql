-- The sessions that a request is about, before anybody asks whether customers
-- came back: what is counted quickly before a report is run.
--
-- grain: one AI session whose local date lies in the range and that passes the
-- filters, as in the lake; in no promised order
--
-- from_date, to_date     local dates, both included; the last 30 full days
-- timezone               IANA zone; the organisation's
-- channels … session_ids lists of values, any of which matches; no filter
-- first_day, last_day    UTC days to read: a part of the range; all of it
create or replace macro requested_sessions(
  from_date := null, to_date := null, timezone := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  first_day := null, last_day := null
) as table
with in_days as (
  select
    s.*,
    local_time(zone_of(timezone), s.day, s.created_at) as local_created_at
  from session_rows as s
  where s.day
    between days_start(first_day, from_date, to_date, timezone)
    and days_end(last_day, to_date, timezone)
),
in_range as (
  select
    d.*,
    session_outcome(
      d.was_responded_to, d.was_handed_off, d.was_resolved, d.ended_at
    ) as outcome
  from in_days as d
  where d.local_created_at::date
    between range_start(from_date, to_date, timezone)
    and range_end(to_date, timezone)
)
select r.*
from in_range as r
where (channels is null or list_contains(channels::varchar[], r.channel))
  and (agents is null or list_contains(agents::varchar[], r.gladly_agent))
  and (guides is null or list_has_any(guides::varchar[], r.guides_used))
  and (outcomes is null or list_contains(outcomes::varchar[], r.outcome))
  and (
    handoff_categories is null
    or list_contains(handoff_categories::varchar[], r.handoff_category)
  )
  and (
    handoff_subcategories is null
    or list_contains(
      handoff_subcategories::varchar[], r.handoff_subcategory
    )
  )
  and (
    customer_ids is null
    or list_contains(customer_ids::varchar[], r.customer_id)
  )
  and (
    conversation_ids is null
    or list_contains(conversation_ids::varchar[], r.conversation_id)
  )
  and (
    session_ids is null
    or list_contains(session_ids::varchar[], r.session_id)
  );

comment on macro table requested_sessions is
  'Sessions of a request, before whether they were recontacted';
