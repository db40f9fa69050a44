-- Every session has an id and an instant at which it began.
select
  filename,
  session_id,
  'row ' || file_row_number || ' has no '
    || if(session_id is null, 'session_id', 'created_at') as detail
from session_row
where session_id is null or created_at is null
