-- The sessions of a request as the cells of the detail report, under the
-- report's own headers (SPEC 3.1), every variant of a column beside the others;
-- a report takes the ones it shows.
--
-- grain: one AI session; created_at and session_id are there to sort by, day
-- is the UTC day whose file the session lies in
--
-- The first 16 parameters are those of ai_sessions; then
-- bucket             none | day | week | month | quarter | year
-- week_start         monday | sunday; the organisation's
-- dates              local | iso
-- conversation_link  template with {conversationId}; the organisation's
-- guarded            formula guard on free text
-- columns            standard | extended: only then is the next session found
-- typed              instants and days as such, rather than as text
create or replace macro ai_session_cells(
  from_date, to_date, timezone, channels, agents, guides, outcomes,
  handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
  session_ids, recontacted, first_day, last_day, data_through,
  bucket, week_start, dates, conversation_link, guarded, columns, typed
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
),
next as (
  from next_sessions(
    days_start(first_day, from_date, to_date, timezone),
    days_end(last_day, to_date, timezone)
  )
  where columns = 'extended'
),
-- a macro repeats its arguments, so what is long is a column before it is one
labelled as (
  select
    r.*,
    guide_list(r.guides_used) as guides,
    timezone(zone_of(timezone), r.ended_at) as local_ended_at,
    timezone(zone_of(timezone), r.updated_at) as local_updated_at,
    created_cell(
      r.created_at, r.local_created_at, bucket,
      coalesce(week_start, getvariable('week_start')), dates, typed
    ) as created
  from requested as r
)
select
  l.created_at,
  l.session_id,
  timezone('UTC', l.created_at)::date as day,
  l.session_id as "Session ID",
  l.customer_id as "Customer ID",
  l.conversation_id as "Conversation ID",
  l.channel as "Channel",
  free_text_cell(l.gladly_agent, guarded) as "Gladly Agent",
  free_text_cell(l.guides, guarded) as "Guides Used",
  l.created as "Created Date",
  l.created as "Created Week",
  l.created as "Created Month",
  l.created as "Created Quarter",
  l.created as "Created Year",
  l.was_handed_off as "Was Handed Off",
  l.was_resolved as "Was Resolved",
  l.was_recontacted as "Was Recontacted Resolution - 24 Hours",
  l.was_responded_to as "Was Responded To",
  free_text_cell(l.handoff_category, guarded) as "Handoff Category",
  free_text_cell(l.handoff_subcategory, guarded) as "Handoff Subcategory",
  free_text_cell(l.handoff_reason, guarded) as "Handoff Reason",
  free_text_cell(l.transfer_rationale, guarded) as "Transfer Rationale",
  conversation_url(
    coalesce(conversation_link, getvariable('conversation_link')),
    l.conversation_id
  ) as "Conversation Link",
  l.outcome as "Outcome",
  l.recontact_status as "Recontact Status",
  n.next_session_id as "Next Session ID",
  n.hours_to_next_session as "Hours To Next Session",
  instant_cell(l.ended_at, l.local_ended_at, dates, typed) as "Ended At",
  instant_cell(l.updated_at, l.local_updated_at, dates, typed) as "Updated At"
from labelled as l
left join next as n on n.session_id = l.session_id;

comment on macro table ai_session_cells is
  'Sessions of a request as the cells of the detail report, all variants';
