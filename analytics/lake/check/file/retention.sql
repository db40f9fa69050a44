-- No text is kept for longer than org.json says. Needs the variable kept_from,
-- the first day whose texts are kept; null where all are.
with
kept_for_too_long as (
  select filename, 'texts' as what, session_id
  from session_row
  where day < getvariable('kept_from')
    and coalesce(session_summary, handoff_reason, transfer_rationale)
      is not null
  union all
  select filename, 'messages', session_id
  from transcript_row
  where day < getvariable('kept_from')
  union all
  select distinct filename, 'messages that wait', session_id
  from waiting_row
  where timezone('UTC', sent_at)::date < getvariable('kept_from')
)

select
  filename,
  null as session_id,
  format(
    'has {} of {} sessions of before {}, which are kept for too long',
    what, count(*), getvariable('kept_from')
  ) as detail
from kept_for_too_long
group by filename, what
