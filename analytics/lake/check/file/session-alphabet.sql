-- Ids and channels keep to their alphabets.
select
  filename,
  session_id,
  case
    when not regexp_full_match(session_id, '[A-Za-z0-9_-]{1,64}')
    then 'session_id must be 1 to 64 of A-Z, a-z, 0-9, _ and -'
    when not regexp_full_match(customer_id, '[A-Za-z0-9_-]{1,64}')
    then 'customer_id must be 1 to 64 of A-Z, a-z, 0-9, _ and -'
    when not regexp_full_match(conversation_id, '[A-Za-z0-9_-]{1,64}')
    then 'conversation_id must be 1 to 64 of A-Z, a-z, 0-9, _ and -'
    when not regexp_full_match(channel, '[A-Z0-9_]{1,40}')
    then 'channel must be 1 to 40 of A-Z, 0-9 and _'
  end as detail
from session_row
where detail is not null
