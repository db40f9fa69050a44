-- Message records from lines of JSON (SPEC 7). A message without an id gets one
-- from what it says, so that the same message twice is one message.
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_of(line, '{
      "sessionId": "JSON", "messageId": "JSON", "sentAt": "JSON",
      "author": "JSON", "text": "JSON"
    }') as given
  from source_row
),

typed as (
  select
    line,
    given,
    is_record(given, given."sessionId", line) as is_record,
    given."sessionId" ->> '$' as session_id,
    given."messageId" ->> '$' as message_id,
    instant_of(given."sentAt" ->> '$') as sent_at,
    given.author ->> '$' as author,
    coalesce(given."text" ->> '$', '') as "text"
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
        fault('messageId', json_id_fault(given."messageId")),
        fault('sentAt', missing_fault(given."sentAt")),
        fault('sentAt', instant_fault(given."sentAt", sent_at)),
        fault('author', missing_fault(given.author)),
        fault('author', json_text_fault(given.author)),
        fault('author', author_fault(author)),
        fault('text', json_text_fault(given."text"))
      )
    end as fault
  from typed
)

select
  fault,
  case when fault is not null then line_text(line) end as raw,
  false as is_other_item,
  session_id,
  coalesce(
    message_id, md5(epoch_us(sent_at) || ' ' || author || ' ' || "text")
  ) as message_id,
  sent_at,
  author,
  "text"
from checked
