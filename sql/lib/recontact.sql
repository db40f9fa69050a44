-- Sessions followed by another one of the same customer within 24 hours of
-- elapsed time (SPEC 3.4): strictly later, exactly 24 hours later included,
-- whatever the other session's channel, agent or outcome. Merged customers
-- count as one; a session whose customer is not known has no customer to
-- come back.
--
-- first_day, last_day: UTC days of the sessions asked about. One day more is
-- read, because 24 hours from last_day reach into it.

-- Instants as integers, in microseconds: elapsed time whatever the clocks do,
-- and a frame of intervals would ask the calendar for every row.

-- grain: one session with a known customer, slim
create or replace macro customer_sessions(first_day, last_day) as table
select
  s.lake_row,
  s.session_id,
  coalesce(m.to_customer_id, s.customer_id) as customer,
  epoch_us(s.created_at) as created_us,
  s.was_resolved,
  s.channel,
  s.day <= last_day as is_asked_about
from session_rows as s
left join customer_merges as m on m.from_customer_id = s.customer_id
where s.customer_id is not null
  and s.day between first_day and last_day + 1;

comment on macro table customer_sessions is
  'Sessions with a known customer, merged customers as one, slim';

-- grain: one recontacted resolved session
create or replace macro recontacted_sessions(first_day, last_day) as table
select s.lake_row
from customer_sessions(first_day, last_day) as s
window next_24_hours as (
  partition by s.customer
  order by s.created_us
  range between 1 following and 86400000000 following
)
qualify s.was_resolved
  and s.is_asked_about
  and count(*) over next_24_hours > 0;

comment on macro table recontacted_sessions is
  'Resolved sessions that were recontacted within 24 hours';

-- grain: one session that another one follows within 24 hours; the next is the
-- earliest, and of equally early ones the one with the smallest session_id
create or replace macro next_sessions(first_day, last_day) as table
with followed as (
  select
    s.session_id,
    s.created_us,
    s.is_asked_about,
    min({
      created_us: s.created_us, session_id: s.session_id, channel: s.channel
    }) over (
      partition by s.customer
      order by s.created_us
      range between 1 following and 86400000000 following
    ) as next
  from customer_sessions(first_day, last_day) as s
)
select
  f.session_id,
  f.next.session_id as next_session_id,
  make_timestamptz(f.next.created_us) as next_created_at,
  f.next.channel as next_channel,
  ratio(f.next.created_us - f.created_us, 3600000000) as hours_to_next_session
from followed as f
where f.next is not null
  and f.is_asked_about;

comment on macro table next_sessions is
  'Sessions followed by their customer''s next one within 24 hours';
