-- Session records, with their messages, from a report's own CSV (SPEC 3.1).
-- Needs the variable `zone`: the zone of the times without an offset.
--
-- The report does not say when a session ended. A row that says resolved or
-- handed off, or that tells all three flags, is over, and ended_at is then
-- created_at, the one instant it names; any other row is still open.
-- grain: one record of source_row, in its order
with
cells as (
  select
    to_json(r)::varchar as raw,
    r."Session ID" as session_id,
    r."Customer ID" as customer_id,
    r."Conversation ID" as conversation_id,
    r."Channel" as channel,
    unguarded(r."Gladly Agent") as gladly_agent,
    guide_names(unguarded(r."Guides Used")) as guides_used,
    r."Created Date" as created_date,
    r."Was Responded To" as responded_to,
    r."Was Handed Off" as handed_off,
    r."Was Resolved" as resolved,
    unguarded(r."Handoff Category") as handoff_category,
    unguarded(r."Handoff Subcategory") as handoff_subcategory,
    unguarded(r."Handoff Reason") as handoff_reason,
    unguarded(r."Transfer Rationale") as transfer_rationale,
    history_lines(r."Message History") as lines,
    r."Message History" as history
  from source_row as r
),

typed as (
  select
    *,
    report_time(created_date, getvariable('zone')) as created_at,
    flag_cell(responded_to) as was_responded_to,
    flag_cell(handed_off) as was_handed_off,
    flag_cell(resolved) as was_resolved,
    list_transform(
      list_transform(lines, lambda line: history_line(line)),
      lambda line: {
        sent_at: report_time(line.sent_at, getvariable('zone')),
        author: if(line.author = 'Customer', 'CUSTOMER', 'GLADLY_AI'),
        "text": replace(line."text", E'\n  ', E'\n')
      }
    ) as messages
  from cells
),

checked as (
  select
    *,
    coalesce(
      fault('Session ID', missing_fault(session_id)),
      fault('Session ID', id_fault(session_id)),
      fault('Customer ID', id_fault(customer_id)),
      fault('Conversation ID', id_fault(conversation_id)),
      fault('Channel', channel_fault(channel)),
      fault('Created Date', missing_fault(created_date)),
      fault('Created Date', report_time_fault(created_at)),
      fault('Was Responded To', flag_cell_fault(responded_to)),
      fault('Was Handed Off', flag_cell_fault(handed_off)),
      fault('Was Resolved', flag_cell_fault(resolved)),
      fault('Message History', case when not is_history(history, lines)
        then 'must be lines like "[2026-07-01 09:15:22] Customer: text"'
      end),
      fault('Message History', list_filter(
        list_transform(messages, lambda message:
          report_time_fault(message.sent_at)
        ),
        lambda reason: reason is not null
      )[1])
    ) as fault
  from typed
)

select
  fault,
  case when fault is not null then raw end as raw,
  fault is null and was_handed_off and was_resolved as contradicts_itself,
  session_id,
  customer_id,
  conversation_id,
  channel,
  gladly_agent,
  guides_used,
  created_at,
  case
    when was_handed_off or was_resolved or (
      was_responded_to is not null
      and was_handed_off is not null
      and was_resolved is not null
    )
    then created_at
  end as ended_at,
  was_responded_to,
  was_handed_off,
  case when was_handed_off and was_resolved then false else was_resolved end
    as was_resolved,
  handoff_category,
  handoff_subcategory,
  null as session_summary,
  handoff_reason,
  transfer_rationale,
  null as updated_at,
  messages
from checked
