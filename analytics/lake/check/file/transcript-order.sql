-- Rows of a file are sorted by (created_at, session_id).
with
neighbour as (
  select
    filename,
    session_id,
    created_at,
    lag(session_id) over file_order as session_id_before,
    lag(created_at) over file_order as created_at_before
  from transcript_row
  window file_order as (partition by filename order by file_row_number)
)

select
  filename,
  session_id,
  'must come before session ' || session_id_before as detail
from neighbour
where session_id_before is not null
  and (created_at, session_id) < (created_at_before, session_id_before)
