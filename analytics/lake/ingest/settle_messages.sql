-- Which messages go into the lake, and which days that touches.

-- grain: one message on offer, later ones with greater ordinals.
-- Kept ones have negative ordinals: they come before all that was read now. A
-- message of a report's history has no id of its own: its place stands in,
-- marked with a ~ that no other id can have.
create view offered_message as
select -1 - place as ordinal, session_id, message_id, sent_at, author, "text"
from pending_message
union all
select ordinal, session_id, message_id, sent_at, author, "text"
from good_message
union all
select
  ordinal,
  session_id,
  format('~{:06d}', place),
  message.sent_at,
  message.author,
  message."text"
from (
  select
    ordinal,
    session_id,
    unnest(messages) as message,
    generate_subscripts(messages, 1) as place
  from good_session
  where messages is not null
    and ordinal in (select ordinal from newest_session)
);

-- grain: one message read now
create view read_message as
from offered_message
where ordinal >= 0;

-- grain: one session that takes no messages any longer
create table silent_session as
select session_id from silenced_session
union
select session_id from forgotten where session_id is not null;

-- grain: one message that wants into the lake
create view incoming_message as
from offered_message
where session_id not in (select session_id from silent_session);

-- grain: one session that messages want to
create table incoming_session as
select distinct session_id
from incoming_message;

-- grain: one session that the lake will hold when this ingest is done, among
-- those that messages may move to
create table home as
select session_id, created_at, day
from accepted_session
where session_id in (select session_id from incoming_session)
union all
select session_id, max(created_at), max(day)
from sessions
where session_id in (select session_id from incoming_session)
  and session_id not in (select session_id from accepted_session)
group by session_id;

-- grain: one transcript of the lake that has been kept for long enough
create table expiring_transcript as
select session_id, day
from transcripts
where is_expired(day);

-- grain: one transcript that must follow its session
create table leaving_transcript as
select t.session_id, t.day, a.created_at, a.day as new_day
from transcripts as t
inner join accepted_session as a on t.session_id = a.session_id
where t.created_at <> a.created_at;

-- grain: one message with the day it goes to; one that moves with its session
-- has no ordinal, and gives way to every other
create view joining_message as
select
  h.day, i.ordinal, i.session_id, h.created_at,
  i.message_id, i.sent_at, i.author, i."text"
from incoming_message as i
inner join home as h
  on i.session_id = h.session_id and not is_expired(h.day)
union all
select
  l.new_day, null, t.session_id, l.created_at,
  m.message_id, m.sent_at, m.author, m."text"
from transcripts as t
inner join leaving_transcript as l
  on t.session_id = l.session_id
    and t.day = l.day
    and not is_expired(l.new_day),
  unnest(t.messages) as messages(m);

-- grain: one row, whether a day's messages lie together, found without texts
create view messages_order_examined as
with
span as (
  select max(i.ordinal) - min(i.ordinal) + 1 as length, count(*) as messages
  from incoming_message as i
  inner join home as h on i.session_id = h.session_id
  group by h.day
)

select coalesce(sum(length) <= 4 * sum(messages), true) as lie_together
from span;

-- grain: one message that goes on waiting for its session, as its newest
-- version; found without the texts, which are too wide for that. What was sent
-- on a day that is expired is of a session that is too. In the order of time,
-- so that a day's lie together when their sessions come.
create table waiting_ordinal as
select max(ordinal) as ordinal
from incoming_message
where session_id not in (select session_id from home)
group by session_id, message_id;

create table waiting_message as
select session_id, message_id, sent_at, author, "text", ordinal
from incoming_message
where ordinal in (select ordinal from waiting_ordinal)
  and not is_expired(timezone('UTC', sent_at)::date)
order by sent_at, session_id, message_id;

-- grain: one row, what goes because it has been kept for long enough
create view expiry_examined as
with
expiring as (
  select session_id from expiring_session
  union
  select session_id from expiring_transcript
),

waiting as (
  from pending_message
  where is_expired(timezone('UTC', sent_at)::date)
    and session_id not in (select session_id from home)
)

select
  (select count(*) from expiring) as sessions,
  exists (from expiring) or exists (from waiting) as is_any;

create view waiting_examined as
with
arriving as (
  select * exclude (ordinal) from waiting_message where ordinal >= 0
),

unchanged as (
  from arriving
  intersect
  select * exclude (place)
  from pending_message
  where session_id in (select session_id from arriving)
),

counted as (
  select
    (select count(*) from arriving) as arrived,
    (select count(*) from unchanged) as unchanged,
    (select count(*) from waiting_message) as waiting,
    (select count(*) from pending_message) as waited
)

select
  arrived - unchanged as written,
  unchanged,
  waiting,
  arrived > unchanged or waiting <> waited as is_changed
from counted;
