-- Sessions followed by another one of the same customer within 24 hours of
-- elapsed time (SPEC 3.4): strictly later, exactly 24 hours later included,
-- whatever the other session's channel, agent or outcome. Merged customers
-- count as one; a session whose customer is not known has no customer to
-- come back.
--
-- first_day, last_day: UTC days of the sessions asked about. One day more is
-- read, because 24 hours from last_day reach into it.

-- grain: one session with a known customer, slim
create or replace macro customer_sessions(first_day, last_day) as table
select
  s.session_id,
  coalesce(m.to_customer_id, s.customer_id) as customer,
  s.created_at,
  s.was_resolved,
  s.channel,
  s.day
from sessions as s
left join customer_merges as m on m.from_customer_id = s.customer_id
where s.customer_id is not null
  and s.day between first_day and last_day + 1;

comment on macro table customer_sessions is
  'Sessions with a known customer, merged customers as one, slim';

-- grain: one recontacted resolved session
create or replace macro recontacted_sessions(first_day, last_day) as table
select s.session_id
from customer_sessions(first_day, last_day) as s
window next_24_hours as (
  partition by s.customer
  order by s.created_at
  range between interval 1 microsecond following
    and interval 24 hours following
)
qualify s.was_resolved
  and s.day <= last_day
  and count(*) over next_24_hours > 0;

comment on macro table recontacted_sessions is
  'Resolved sessions that were recontacted within 24 hours';

-- grain: one session that another one follows within 24 hours; the next is the
-- earliest, and of equally early ones the one with the smallest session_id
create or replace macro next_sessions(first_day, last_day) as table
with followed as (
  select
    s.session_id,
    s.created_at,
    s.day,
    min({
      created_at: s.created_at, session_id: s.session_id, channel: s.channel
    }) over (
      partition by s.customer
      order by s.created_at
      range between interval 1 microsecond following
        and interval 24 hours following
    ) as next
  from customer_sessions(first_day, last_day) as s
)
select
  f.session_id,
  f.next.session_id as next_session_id,
  f.next.created_at as next_created_at,
  f.next.channel as next_channel,
  ratio(epoch_us(f.next.created_at - f.created_at), 3600000000)
    as hours_to_next_session
from followed as f
where f.next is not null
  and f.day <= last_day;

comment on macro table next_sessions is
  'Sessions followed by their customer''s next one within 24 hours';
