-- A transcript is that of a session in the lake, and has its beginning.
select
  t.filename,
  t.session_id,
  if(
    t.session_id in (select session_id from session_row),
    'began at another time than its transcript says',
    'has a transcript but is not in the lake'
  ) as detail
from transcript_row as t
where t.session_id is not null
  and not exists (
    from session_row as s
    where s.session_id = t.session_id and s.created_at = t.created_at
  )
