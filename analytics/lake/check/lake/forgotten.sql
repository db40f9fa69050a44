-- Of a session that was forgotten, or whose customer was after it began, the
-- lake holds no text, no link to anybody and no messages.
with
silenced as (
  select s.session_id
  from session_row as s
  where s.session_id in (
    select session_id from forgotten_row where session_id is not null
  )
  union
  select s.session_id
  from session_row as s
  inner join forgotten_row as f on f.customer_sha256 = sha256(s.customer_id)
  where s.created_at <= f.forgotten_at
)

select
  s.filename,
  s.session_id,
  'was forgotten, but has a text or is linked to somebody' as detail
from session_row as s
where s.session_id in (select session_id from silenced)
  and (
    s.customer_id is not null
    or s.conversation_id is not null
    or s.session_summary is not null
    or s.handoff_reason is not null
    or s.transfer_rationale is not null
  )
union all
select t.filename, t.session_id, 'was forgotten, but has a transcript'
from transcript_row as t
where t.session_id in (select session_id from silenced)
union all
select distinct w.filename, w.session_id, 'was forgotten, but messages wait for it'
from waiting_row as w
where w.session_id in (
  select session_id from forgotten_row where session_id is not null
)
