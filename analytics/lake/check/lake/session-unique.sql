-- A session is in the lake once.
select
  min(filename) as filename,
  session_id,
  if(
    min(filename) = max(filename),
    'is there ' || count(*) || ' times',
    'is there ' || count(*) || ' times, also in day=' || max(day)
  ) as detail
from session_row
where session_id is not null
group by session_id
having count(*) > 1
