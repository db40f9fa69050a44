-- Message records from lines of JSON (SPEC 7). A message without an id gets one
-- from what it says, so that the same message twice is one message.
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_values(line, [
      '$.sessionId', '$.messageId', '$.sentAt', '$.author', '$.text'
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
    nullif(values[4], 'null') as author,
    nullif(values[5], 'null') as "text"
  from parsed
),

typed as (
  select
    named as given,
    line,
    is_record,
    json_text(session_id) as session_id,
    json_text(message_id) as message_id,
    instant_of(json_text(sent_at)) as sent_at,
    json_text(author) as author,
    coalesce(json_text("text"), '') as "text"
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
        fault('messageId', json_id_fault(given.message_id)),
        fault('sentAt', missing_fault(given.sent_at)),
        fault('sentAt', instant_fault(given.sent_at, sent_at)),
        fault('author', missing_fault(given.author)),
        fault('author', json_text_fault(given.author)),
        fault('author', author_fault(given.author ->> '$')),
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
