-- A transcript lies in the folder of the UTC day at which its session began.
select
  filename,
  session_id,
  'belongs to day=' || try_cast(timezone('UTC', created_at) as date) as detail
from transcript_row
where try_cast(timezone('UTC', created_at) as date) is distinct from day
  and created_at is not null
