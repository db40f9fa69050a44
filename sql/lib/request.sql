-- What a request leaves open, filled in from the organisation's settings and
-- the clock (SPEC 3.6).

-- Not coalesce: it is worked out for every value, and its answer is no constant
-- to the calendar, which then looks the zone up for every message.
create or replace macro zone_of(timezone) as
  case
    when timezone is null then getvariable('timezone')
    else timezone
  end;

comment on macro zone_of is 'The zone asked for, else the organisation''s';

-- Local dates, both included: by default the last 30 full days.
create or replace macro range_end(to_date, timezone) as
  coalesce(
    to_date::date, timezone(zone_of(timezone), now())::date - 1
  );

comment on macro range_end is
  'The last local date of a request, else yesterday';

create or replace macro range_start(from_date, to_date, timezone) as
  coalesce(from_date::date, range_end(to_date, timezone) - 29);

comment on macro range_start is
  'The first local date of a request, else 29 days before the last';

-- UTC days that can hold sessions of the range: no zone is a whole day away
-- from UTC. Whoever asks first_utc_day and last_utc_day reads fewer; here they
-- would be worked out again for each part of a report.
create or replace macro days_start(first_day, from_date, to_date, timezone) as
  coalesce(first_day::date, range_start(from_date, to_date, timezone) - 1);

comment on macro days_start is
  'The first UTC day that can hold sessions of the range';

create or replace macro days_end(last_day, to_date, timezone) as
  coalesce(last_day::date, range_end(to_date, timezone) + 1);

comment on macro days_end is
  'The last UTC day that can hold sessions of the range';
