-- lake.json tells how many rows there are. Needs the variables state_file,
-- stated_sessions and stated_transcripts.
with
counted as (
  select
    'sessions' as name,
    getvariable('stated_sessions') as stated,
    (select count(*) from session_row) as found
  union all
  select
    'transcripts',
    getvariable('stated_transcripts'),
    (select count(*) from transcript_row)
)

select
  getvariable('state_file') as filename,
  null as session_id,
  format(
    'says {} {}, but there are {}', coalesce(stated::varchar, 'no number of'),
    name, found
  ) as detail
from counted
where stated is distinct from found
