-- A session has one transcript.
select
  min(filename) as filename,
  session_id,
  if(
    min(filename) = max(filename),
    'has ' || count(*) || ' transcripts',
    'has ' || count(*) || ' transcripts, also in day=' || max(day)
  ) as detail
from transcript_row
where session_id is not null
group by session_id
having count(*) > 1
