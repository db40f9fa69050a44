-- Gladly AI Sessions Detail with Messages (SPEC 3.1): the detail report, and
-- what customer and AI said to each other. May hold personal data.
--
-- grain: one AI session, by created_at, then session_id
-- parameters: those of ai_sessions and ai_session_cells (sql/lib);
-- messages: text | json
create or replace macro ai_sessions_detail_with_messages(
  from_date := null, to_date := null, timezone := null,
  bucket := 'none', week_start := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null, columns := 'standard', dates := 'local',
  formula_guard := true, conversation_link := null,
  typed := false, with_day := false,
  first_day := null, last_day := null, data_through := null,
  messages := 'text'
) as table
with histories as (
  select
    t.session_id,
    case messages
      when 'text' then message_history_text(t.messages, zone_of(timezone))
      when 'json' then message_history_json(t.messages, zone_of(timezone))
      else error('messages is text or json')
    end as message_history
  from transcripts as t
  where t.day
    between days_start(first_day, from_date, to_date, timezone)
    and days_end(last_day, to_date, timezone)
)
select
  columns(lambda name: shown_in_detail(name, bucket, columns, with_day)),
  free_text_cell(h.message_history, formula_guard) as "Message History"
from ai_session_cells(
  from_date, to_date, timezone, channels, agents, guides, outcomes,
  handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
  session_ids, recontacted, first_day, last_day, data_through,
  bucket, week_start, dates, conversation_link, formula_guard, columns,
  typed
) as cells
left join histories as h on h.session_id = cells.session_id
order by cells.created_at, cells.session_id;

comment on macro table ai_sessions_detail_with_messages is
  'Gladly AI Sessions Detail with Messages: may hold personal data';
