-- Session records from lines of JSON (SPEC 7).
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_of(line, '{
      "sessionId": "JSON", "customerId": "JSON", "conversationId": "JSON",
      "channel": "JSON", "gladlyAgent": "JSON", "guidesUsed": "JSON",
      "createdAt": "JSON", "endedAt": "JSON", "wasRespondedTo": "JSON",
      "wasHandedOff": "JSON", "wasResolved": "JSON", "handoffCategory": "JSON",
      "handoffSubcategory": "JSON", "sessionSummary": "JSON",
      "handoffReason": "JSON", "transferRationale": "JSON", "updatedAt": "JSON"
    }') as given
  from source_row
),

typed as (
  select
    line,
    given,
    is_record(given, given."sessionId", line) as is_record,
    given."sessionId" ->> '$' as session_id,
    given."customerId" ->> '$' as customer_id,
    given."conversationId" ->> '$' as conversation_id,
    given."channel" ->> '$' as channel,
    json_text(given."gladlyAgent") as gladly_agent,
    json_names(given."guidesUsed") as guides_used,
    instant_of(given."createdAt" ->> '$') as created_at,
    instant_of(given."endedAt" ->> '$') as ended_at,
    json_flag(given."wasRespondedTo") as was_responded_to,
    json_flag(given."wasHandedOff") as was_handed_off,
    json_flag(given."wasResolved") as was_resolved,
    json_text(given."handoffCategory") as handoff_category,
    json_text(given."handoffSubcategory") as handoff_subcategory,
    json_text(given."sessionSummary") as session_summary,
    json_text(given."handoffReason") as handoff_reason,
    json_text(given."transferRationale") as transfer_rationale,
    instant_of(given."updatedAt" ->> '$') as updated_at
  from parsed
),

checked as (
  select
    *,
    case
      when not is_record and is_blank(line) then null
      when not is_record then fault('record', line_fault(line))
      else coalesce(
        fault('sessionId', missing_fault(given."sessionId")),
        fault('sessionId', json_id_fault(given."sessionId")),
        fault('customerId', json_id_fault(given."customerId")),
        fault('conversationId', json_id_fault(given."conversationId")),
        fault('channel', json_text_fault(given."channel")),
        fault('channel', channel_fault(channel)),
        fault('gladlyAgent', json_text_fault(given."gladlyAgent")),
        fault('guidesUsed', json_names_fault(given."guidesUsed")),
        fault('createdAt', missing_fault(given."createdAt")),
        fault('createdAt', instant_fault(given."createdAt", created_at)),
        fault('endedAt', instant_fault(given."endedAt", ended_at)),
        fault('wasRespondedTo', json_flag_fault(given."wasRespondedTo")),
        fault('wasHandedOff', json_flag_fault(given."wasHandedOff")),
        fault('wasResolved', json_flag_fault(given."wasResolved")),
        fault('handoffCategory', json_text_fault(given."handoffCategory")),
        fault(
          'handoffSubcategory', json_text_fault(given."handoffSubcategory")
        ),
        fault('sessionSummary', json_text_fault(given."sessionSummary")),
        fault('handoffReason', json_text_fault(given."handoffReason")),
        fault('transferRationale', json_text_fault(given."transferRationale")),
        fault('updatedAt', instant_fault(given."updatedAt", updated_at))
      )
    end as fault
  from typed
)

select
  fault,
  case when fault is not null then line_text(line) end as raw,
  fault is null and was_handed_off and was_resolved as contradicts_itself,
  session_id,
  customer_id,
  conversation_id,
  channel,
  gladly_agent,
  guides_used,
  created_at,
  ended_at,
  was_responded_to,
  was_handed_off,
  case
    when was_handed_off and was_resolved then false
    when was_resolved is not null then was_resolved
    when was_responded_to is not null and was_handed_off is not null
    then was_responded_to and not was_handed_off and ended_at is not null
  end as was_resolved,
  handoff_category,
  handoff_subcategory,
  session_summary,
  handoff_reason,
  transfer_rationale,
  updated_at,
  null as messages
from checked
