-- Guides are named, and named once.
select
  filename,
  session_id,
  case
    when len(list_filter(guides_used, lambda name: coalesce(name, '') = '')) > 0
    then 'guides_used has a guide without a name'
    else 'guides_used names a guide twice'
  end as detail
from session_row
where len(list_distinct(list_filter(
  guides_used, lambda name: coalesce(name, '') <> ''
))) <> len(guides_used)
