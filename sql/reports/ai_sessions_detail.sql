-- Gladly AI Sessions Detail (SPEC 3.1): the truth about every AI session.
--
-- grain: one AI session, by created_at, then session_id
-- parameters: those of ai_sessions and ai_session_cells (sql/lib)
create or replace macro ai_sessions_detail(
  from_date := null, to_date := null, timezone := null,
  bucket := 'none', week_start := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null, columns := 'standard', dates := 'local',
  formula_guard := true, conversation_link := null,
  typed := false, with_day := false,
  first_day := null, last_day := null, data_through := null
) as table
select columns(lambda name: shown_in_detail(name, bucket, columns, with_day))
from ai_session_cells(
  from_date, to_date, timezone, channels, agents, guides, outcomes,
  handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
  session_ids, recontacted, first_day, last_day, data_through,
  bucket, week_start, dates, conversation_link, formula_guard, columns,
  typed
) as cells
order by cells.created_at, cells.session_id;

comment on macro table ai_sessions_detail is
  'Gladly AI Sessions Detail: the truth about every AI session';
