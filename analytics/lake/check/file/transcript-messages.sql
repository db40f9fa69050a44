-- Messages are sorted by (sent_at, message_id), and none is there twice.
with
listed as (
  select
    filename,
    session_id,
    list_transform(messages, lambda message: {
      sent_at: message.sent_at, message_id: message.message_id
    }) as keys,
    list_transform(messages, lambda message: message.message_id) as ids
  from transcript_row
)

select
  filename,
  session_id,
  if(
    keys <> list_sort(keys),
    'messages must be sorted by (sent_at, message_id)',
    'has a message twice'
  ) as detail
from listed
where keys <> list_sort(keys) or len(list_distinct(ids)) < len(ids)
