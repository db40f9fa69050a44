-- Local dates, buckets and their labels (SPEC 3.1, 3.2): convert first,
-- truncate second.

create or replace macro utc_offset(zone, instant) as
  timezone(zone, instant) - timezone('UTC', instant);

comment on macro utc_offset is
  'How far the clocks of a zone are ahead of UTC at an instant';

create or replace macro utc_midnight(day) as timezone('UTC', day::timestamp);

comment on macro utc_midnight is 'The instant at which a UTC day begins';

-- The UTC days that hold instants of a local date, by the offsets around it:
-- no zone is a whole day away from UTC, nor changes its clocks twice within two
-- days (test/unit/localTime.test.ts).
create or replace macro first_utc_day(local_day, zone) as
  timezone('UTC', utc_midnight(local_day) - greatest(
    utc_offset(zone, utc_midnight(local_day - 1)),
    utc_offset(zone, utc_midnight(local_day + 1))
  ))::date;

comment on macro first_utc_day is
  'The first UTC day that can hold an instant of a local date';

create or replace macro last_utc_day(local_day, zone) as
  timezone('UTC', utc_midnight(local_day + 1) - least(
    utc_offset(zone, utc_midnight(local_day)),
    utc_offset(zone, utc_midnight(local_day + 2))
  ) - interval 1 microsecond)::date;

comment on macro last_utc_day is
  'The last UTC day that can hold an instant of a local date';

-- The local time of an instant on a UTC day. Asking the calendar for every row
-- costs a tenth of a whole report; on a day that begins and ends with the same
-- offset, one addition says the same. (No zone has ever changed its offset and
-- changed it back within one UTC day: test/unit/localTime.test.ts.)
create or replace macro local_time(zone, day, instant) as
  case
    when utc_offset(zone, utc_midnight(day))
      = utc_offset(zone, utc_midnight(day + 1))
    then make_timestamp(
      epoch_us(instant) + epoch_us(utc_offset(zone, utc_midnight(day)))
    )
    else timezone(zone, instant)
  end;

comment on macro local_time is
  'The local time of an instant that lies on a UTC day';

create or replace macro week_of(local_day, week_start) as
  case week_start
    when 'monday' then local_day - (isodow(local_day) - 1)::integer
    when 'sunday' then local_day - dayofweek(local_day)::integer
    else error('weekStart is monday or sunday')
  end;

comment on macro week_of is
  'The first day of a date''s week; week_start: monday, sunday';

-- RFC 3339 with milliseconds and the offset in force, from the instant and its
-- local time.
create or replace macro iso_local_time(instant, local_time) as
  strftime(local_time, '%Y-%m-%dT%H:%M:%S.%g')
    || case when local_time < timezone('UTC', instant) then '-' else '+' end
    || strftime(
      timestamp '2000-01-01' + case
        when local_time < timezone('UTC', instant)
        then timezone('UTC', instant) - local_time
        else local_time - timezone('UTC', instant)
      end,
      '%H:%M'
    );

comment on macro iso_local_time is
  'RFC 3339 with milliseconds and offset, like 2026-07-01T09:15:22.123-07:00';

create or replace macro local_time_label(instant, local_time, dates) as
  case dates
    when 'local' then date_trunc('second', local_time)::varchar
    when 'iso' then iso_local_time(instant, local_time)
    else error('dates is local or iso')
  end;

comment on macro local_time_label is
  'A cell that shows an instant; dates: local, iso';

create or replace macro created_label(
  instant, local_time, bucket, week_start, dates
) as
  case bucket
    when 'none' then local_time_label(instant, local_time, dates)
    when 'day' then local_time::date::varchar
    when 'week' then week_of(local_time::date, week_start)::varchar
    when 'month' then strftime(local_time, '%Y-%m')
    when 'quarter' then
      strftime(local_time, '%Y') || '-Q' || quarter(local_time)
    when 'year' then strftime(local_time, '%Y')
    else error('bucket is none, day, week, month, quarter or year')
  end;

comment on macro created_label is
  'What a Created cell says; bucket: none, day, week, month, quarter, year';

-- A macro has one type, and CASE finds one that holds all; what is taken out
-- of a struct by a constant name keeps its own. The rest of the struct is null,
-- so that it costs nothing.
create or replace macro instant_cell(instant, local_time, dates, typed) as
  struct_extract(
    {
      'label': case when not typed then
        local_time_label(instant, local_time, dates)
      end,
      'instant': instant
    },
    case when typed then 'instant' else 'label' end
  );

comment on macro instant_cell is
  'A cell that shows an instant; typed: as itself, else as text';

create or replace macro created_cell(
  instant, local_time, bucket, week_start, dates, typed
) as
  struct_extract(
    {
      'label': case when not typed or bucket not in ('none', 'day', 'week') then
        created_label(instant, local_time, bucket, week_start, dates)
      end,
      'none': instant,
      'day': case when typed and bucket = 'day' then local_time::date end,
      'week': case when typed and bucket = 'week' then
        week_of(local_time::date, week_start)
      end
    },
    case when typed and bucket in ('none', 'day', 'week')
      then bucket else 'label'
    end
  );

comment on macro created_cell is
  'A Created cell; typed: an instant, a day or a week as itself, else as text';

create or replace macro created_header(bucket) as
  case bucket
    when 'week' then 'Created Week'
    when 'month' then 'Created Month'
    when 'quarter' then 'Created Quarter'
    when 'year' then 'Created Year'
    else 'Created Date'
  end;

comment on macro created_header is
  'The header of the Created column that goes with a bucket';
