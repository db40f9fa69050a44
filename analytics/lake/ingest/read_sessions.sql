-- Session records from lines of JSON (SPEC 7).
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_values(line, [
      '$.sessionId', '$.customerId', '$.conversationId', '$.channel',
      '$.gladlyAgent', '$.guidesUsed', '$.createdAt', '$.endedAt',
      '$.wasRespondedTo', '$.wasHandedOff', '$.wasResolved',
      '$.handoffCategory', '$.handoffSubcategory', '$.sessionSummary',
      '$.handoffReason', '$.transferRationale', '$.updatedAt'
    ]) as values
  from source_row
),

named as (
  select
    line,
    values is not null as is_record,
    nullif(values[1], 'null') as session_id,
    nullif(values[2], 'null') as customer_id,
    nullif(values[3], 'null') as conversation_id,
    nullif(values[4], 'null') as channel,
    nullif(values[5], 'null') as gladly_agent,
    nullif(values[6], 'null') as guides_used,
    nullif(values[7], 'null') as created_at,
    nullif(values[8], 'null') as ended_at,
    nullif(values[9], 'null') as was_responded_to,
    nullif(values[10], 'null') as was_handed_off,
    nullif(values[11], 'null') as was_resolved,
    nullif(values[12], 'null') as handoff_category,
    nullif(values[13], 'null') as handoff_subcategory,
    nullif(values[14], 'null') as session_summary,
    nullif(values[15], 'null') as handoff_reason,
    nullif(values[16], 'null') as transfer_rationale,
    nullif(values[17], 'null') as updated_at
  from parsed
),

typed as (
  select
    named as given,
    line,
    is_record,
    json_text(session_id) as session_id,
    json_text(customer_id) as customer_id,
    json_text(conversation_id) as conversation_id,
    json_text(channel) as channel,
    json_text(gladly_agent) as gladly_agent,
    json_names(guides_used) as guides_used,
    instant_of(json_text(created_at)) as created_at,
    instant_of(json_text(ended_at)) as ended_at,
    json_flag(was_responded_to) as was_responded_to,
    json_flag(was_handed_off) as was_handed_off,
    json_flag(was_resolved) as was_resolved,
    json_text(handoff_category) as handoff_category,
    json_text(handoff_subcategory) as handoff_subcategory,
    json_text(session_summary) as session_summary,
    json_text(handoff_reason) as handoff_reason,
    json_text(transfer_rationale) as transfer_rationale,
    instant_of(json_text(updated_at)) as updated_at
  from named
),

checked as (
  select
    *,
    case
      when not is_record and is_blank(line) then null
      when not is_record then fault('record', line_fault(line))
      else coalesce(
        fault('sessionId', missing_fault(given.session_id)),
        fault('sessionId', json_id_fault(given.session_id)),
        fault('customerId', json_id_fault(given.customer_id)),
        fault('conversationId', json_id_fault(given.conversation_id)),
        fault('channel', json_text_fault(given.channel)),
        fault('channel', channel_fault(given.channel ->> '$')),
        fault('gladlyAgent', json_text_fault(given.gladly_agent)),
        fault('guidesUsed', json_names_fault(given.guides_used)),
        fault('createdAt', missing_fault(given.created_at)),
        fault('createdAt', instant_fault(given.created_at, created_at)),
        fault('endedAt', instant_fault(given.ended_at, ended_at)),
        fault('wasRespondedTo', json_flag_fault(given.was_responded_to)),
        fault('wasHandedOff', json_flag_fault(given.was_handed_off)),
        fault('wasResolved', json_flag_fault(given.was_resolved)),
        fault('handoffCategory', json_text_fault(given.handoff_category)),
        fault('handoffSubcategory', json_text_fault(given.handoff_subcategory)),
        fault('sessionSummary', json_text_fault(given.session_summary)),
        fault('handoffReason', json_text_fault(given.handoff_reason)),
        fault('transferRationale', json_text_fault(given.transfer_rationale)),
        fault('updatedAt', instant_fault(given.updated_at, updated_at))
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
