-- Messages wait only for sessions that are not in the lake.
select
  any_value(w.filename) as filename,
  w.session_id,
  'is in the lake, but ' || count(*) || ' of its messages wait for it' as detail
from waiting_row as w
where w.session_id in (select session_id from session_row)
group by w.session_id
