-- The sessions of a request with everything that reports say of them, typed:
-- what every report stands on.
--
-- grain: one AI session whose local date lies in the range and that passes the
-- filters; in no promised order
--
-- from_date, to_date     local dates, both included; the last 30 full days
-- timezone               IANA zone; the organisation's
-- channels … session_ids lists of values, any of which matches; no filter
-- recontacted            true | false | pending; no filter
-- first_day, last_day    UTC days to read: a part of the range; all of it
-- data_through           watermark for pending recontacts; the lake's
create or replace macro ai_sessions(
  from_date := null, to_date := null, timezone := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null,
  first_day := null, last_day := null, data_through := null
) as table
with filtered as (
  from requested_sessions(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories,
    customer_ids, conversation_ids, session_ids, first_day, last_day
  )
),
with_recontact as (
  select
    f.*,
    case
      when f.was_resolved is not true then null
      when f.lake_row in (
        from recontacted_sessions(
          days_start(first_day, from_date, to_date, timezone),
          days_end(last_day, to_date, timezone)
        )
      )
      then 'recontacted'
      when f.customer_id is null then 'unknown'
      when f.created_at <= coalesce(
        data_through::timestamptz, getvariable('data_through')
      ) - interval 24 hours
      then 'not_recontacted'
      else 'pending'
    end as recontact_status
  from filtered as f
)
select
  w.session_id,
  w.customer_id,
  w.conversation_id,
  w.channel,
  w.gladly_agent,
  w.guides_used,
  w.created_at,
  w.local_created_at,
  w.ended_at,
  w.was_responded_to,
  w.was_handed_off,
  w.was_resolved,
  w.outcome,
  w.recontact_status,
  case w.recontact_status
    when 'recontacted' then true
    when 'not_recontacted' then false
  end as was_recontacted,
  w.handoff_category,
  w.handoff_subcategory,
  handoff_reason_of(w.handoff_reason, w.session_summary) as handoff_reason,
  w.transfer_rationale,
  w.updated_at
from with_recontact as w
where recontacted is null
  or w.recontact_status = case recontacted
    when 'true' then 'recontacted'
    when 'false' then 'not_recontacted'
    when 'pending' then 'pending'
    else error('recontacted is true, false or pending')
  end;

comment on macro table ai_sessions is
  'Sessions of a request, typed, with outcome and recontact status';
