-- Message records from the items of Gladly's conversation_items.jsonl (SPEC 7).
-- An item is a message of an AI session when its content is of such a type and
-- it has a sessionId of its own; content.sessionId is the chat's. Its text is
-- the body, or the content, of its content.
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_values(line, [
      '$.sessionId', '$.id', '$.timestamp', '$.initiator.type',
      '$.initiator.id', '$.content.type', '$.content.body', '$.content.content'
    ]) as values
  from source_row
),

named as (
  select
    line,
    values is not null as is_record,
    nullif(values[1], 'null') as session_id,
    nullif(values[2], 'null') as message_id,
    nullif(values[3], 'null') as sent_at,
    nullif(values[4], 'null') as initiator_type,
    nullif(values[5], 'null') as initiator_id,
    nullif(values[6], 'null') as content_type,
    nullif(values[7], 'null') as body,
    nullif(values[8], 'null') as content
  from parsed
),

typed as (
  select
    named as given,
    line,
    is_record,
    is_record and (session_id is null or json_text(content_type) not in (
      'CHAT_MESSAGE', 'EMAIL', 'SMS', 'WHATSAPP', 'INSTAGRAM_DIRECT',
      'FACEBOOK_MESSAGE', 'VOICE_AI_MESSAGE'
    )) as is_other_item,
    json_text(session_id) as session_id,
    json_text(message_id) as message_id,
    instant_of(json_text(sent_at)) as sent_at,
    case
      when json_text(initiator_type) in ('CUSTOMER', 'AGENT')
      then json_text(initiator_type)
      when json_text(initiator_type) = 'SYSTEM'
        and json_text(initiator_id) = 'SIDEKICK_V2'
      then 'GLADLY_AI'
      else 'SYSTEM'
    end as author,
    coalesce(json_text(body), json_text(content), '') as "text"
  from named
),

checked as (
  select
    * exclude (is_other_item),
    coalesce(is_other_item, false) as is_other_item,
    case
      when is_other_item then null
      when not is_record and is_blank(line) then null
      when not is_record then fault('record', line_fault(line))
      else coalesce(
        fault('content.type', missing_fault(given.content_type)),
        fault('content.type', json_text_fault(given.content_type)),
        fault('sessionId', json_id_fault(given.session_id)),
        fault('id', missing_fault(given.message_id)),
        fault('id', json_id_fault(given.message_id)),
        fault('timestamp', missing_fault(given.sent_at)),
        fault('timestamp', instant_fault(given.sent_at, sent_at)),
        fault('initiator.type', missing_fault(given.initiator_type)),
        fault('initiator.type', json_text_fault(given.initiator_type))
      )
    end as fault
  from typed
)

select
  fault,
  case when fault is not null then line_text(line) end as raw,
  is_other_item,
  case when not is_other_item then session_id end as session_id,
  message_id,
  sent_at,
  author,
  "text"
from checked
