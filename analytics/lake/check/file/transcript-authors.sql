-- A message is by CUSTOMER, GLADLY_AI, AGENT or SYSTEM.
select
  filename,
  session_id,
  'has a message whose author is none of CUSTOMER, GLADLY_AI, AGENT, SYSTEM'
    as detail
from transcript_row
where len(list_filter(messages, lambda message:
  message.author not in ('CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM')
)) > 0
