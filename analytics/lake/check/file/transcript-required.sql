-- Every transcript has a session, the session's beginning, and messages that
-- tell which they are, when they were sent and by whom.
select
  filename,
  session_id,
  case
    when session_id is null
    then 'row ' || file_row_number || ' has no session_id'
    when created_at is null then 'has no created_at'
    when len(messages) > 0
    then 'has a message without an id, time, author or text'
    else 'has no messages'
  end as detail
from transcript_row
where session_id is null
  or created_at is null
  or coalesce(len(messages), 0) = 0
  or len(list_filter(messages, lambda message:
    message.message_id is null
    or message.sent_at is null
    or message.author is null
    or message."text" is null
  )) > 0
