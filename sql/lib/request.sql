-- What a request leaves open, filled in from the organisation's settings and
-- the clock (SPEC 3.6).

create or replace macro zone_of(timezone) as
  coalesce(timezone, getvariable('timezone'));

-- Local dates, both included: by default the last 30 full days.
create or replace macro range_end(to_date, timezone) as
  coalesce(
    to_date::date, timezone(zone_of(timezone), now())::date - 1
  );

create or replace macro range_start(from_date, to_date, timezone) as
  coalesce(from_date::date, range_end(to_date, timezone) - 29);

-- UTC days that can hold sessions of the range: no zone is a whole day away
-- from UTC.
create or replace macro days_start(first_day, from_date, to_date, timezone) as
  coalesce(first_day::date, range_start(from_date, to_date, timezone) - 1);

create or replace macro days_end(last_day, to_date, timezone) as
  coalesce(last_day::date, range_end(to_date, timezone) + 1);
