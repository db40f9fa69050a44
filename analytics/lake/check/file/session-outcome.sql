-- No session is both handed off and resolved.
select filename, session_id, 'is both handed off and resolved' as detail
from session_row
where was_handed_off and was_resolved
