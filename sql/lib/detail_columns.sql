-- Which cells a detail report shows (SPEC 3.1): one Created column, under the
-- header that the bucket asks for; the extended ones, and the UTC day, when
-- asked for. Any other name without a capital is no header but a column to sort
-- or join by. Use:
--   select columns(
--     lambda name: shown_in_detail(name, bucket, columns, with_day)
--   )
-- columns: standard | extended.
create or replace macro shown_in_detail(name, bucket, columns, with_day) as
  case
    when name = lower(name) then with_day and name = 'day'
    when starts_with(name, 'Created ') then name = created_header(bucket)
    when name in (
      'Outcome', 'Recontact Status', 'Next Session ID',
      'Hours To Next Session', 'Ended At', 'Updated At'
    )
    then columns = 'extended'
    else true
  end;

comment on macro shown_in_detail is
  'Whether a detail report shows the column of this name';
