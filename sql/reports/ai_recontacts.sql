-- Gladly AI Recontacted Resolutions (SPEC 3.5): resolutions that did not hold,
-- each with the session that followed it.
--
-- grain: one resolved session that was recontacted, by created_at, then
-- session_id
-- parameters: those of ai_sessions and ai_session_cells (sql/lib)
create or replace macro ai_recontacts(
  from_date := null, to_date := null, timezone := null,
  bucket := 'none', week_start := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null, dates := 'local',
  formula_guard := true, conversation_link := null,
  typed := false, with_day := false,
  first_day := null, last_day := null, data_through := null
) as table
with cells as (
  from ai_session_cells(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
    session_ids, recontacted, first_day, last_day, data_through,
    bucket, week_start, dates, conversation_link, formula_guard, 'standard',
    typed
  )
  where "Recontact Status" = 'recontacted'
),
next as (
  from next_sessions(
    days_start(first_day, from_date, to_date, timezone),
    days_end(last_day, to_date, timezone)
  )
)
select
  columns(lambda name: shown_in_detail(name, bucket, 'standard', with_day)),
  next.next_session_id as "Next Session ID",
  instant_cell(
    next.next_created_at,
    timezone(zone_of(timezone), next.next_created_at),
    dates, typed
  ) as "Next Session Created Date",
  next.next_channel as "Next Session Channel",
  next.hours_to_next_session as "Hours To Next Session",
  cells."Channel" = next.next_channel as "Same Channel"
from cells
inner join next on next.session_id = cells.session_id
order by cells.created_at, cells.session_id;

comment on macro table ai_recontacts is
  'Gladly AI Recontacted Resolutions: resolutions that did not hold';
