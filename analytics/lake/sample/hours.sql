-- sample_hours: one row per UTC hour of the sample, with the numbers of the
-- sessions that begin in it. Sessions are numbered from 0 in order of hours.
-- Needs the variables `sessions`, `days` and `until` (the last UTC day).
-- Whole numbers only: a sum of fractions may depend on its order.
create table sample_hours as
with
hours as (
  select unnest(generate_series(
    (getvariable('until') - getvariable('days')::integer + 1)::timestamp
      at time zone 'UTC',
    (getvariable('until')::timestamp + interval 23 hours) at time zone 'UTC',
    interval 1 hour
  )) as hour
),

-- People write when they are awake: the rhythm is that of their own clocks.
local as (
  select
    hour,
    hour at time zone 'UTC' as utc,
    hour at time zone 'America/Los_Angeles' as local_hour
  from hours
),

weighted as (
  select
    hour,
    utc::date as day,
    -- Monday to Sunday
    [110, 108, 104, 100, 96, 62, 54][isodow(local_hour)]
    -- from midnight on
    * [ 9,  6,  4,  3,  4,  8, 18, 36, 62, 84, 96, 100,
       98, 94, 92, 90, 88, 84, 78, 72, 64, 48, 30, 16][hour(local_hour) + 1]
    -- January to December: returns after the holidays, sales before them
    * [112, 98, 95, 94, 96, 98, 102, 100, 98, 102, 122, 130][month(local_hour)]
    -- business grows by 40 % a year
    * (365 * 10 + 4 * ((row_number() over (order by hour) - 1) // 24))
      as weight
  from local
),

cumulated as (
  select
    hour,
    day,
    coalesce(sum(weight) over earlier_hours, 0) as weight_before,
    sum(weight) over earlier_hours_and_this as weight_through,
    sum(weight) over () as weight_total
  from weighted
  window
    earlier_hours as (
      order by hour rows between unbounded preceding and 1 preceding
    ),
    earlier_hours_and_this as (
      order by hour rows between unbounded preceding and current row
    )
),

numbered as (
  select
    hour,
    day,
    (getvariable('sessions')::hugeint * weight_before // weight_total)::bigint
      as first_number,
    (getvariable('sessions')::hugeint * weight_through // weight_total)::bigint
      as end_number
  from cumulated
)

select
  hour,
  day,
  first_number,
  end_number,
  lag(first_number, 24) over (order by hour) as day_before_first_number,
  lag(end_number, 24) over (order by hour) as day_before_end_number
from numbered
order by hour;
