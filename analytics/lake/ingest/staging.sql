-- What an ingest has read, before it looks at the lake. Rows keep the order of
-- the input: a row's rowid is its ordinal, and a later one wins a tie.

-- grain: one piece of a source, in one of the staging tables
create table source_piece (
  source varchar,
  first_line bigint,
  first_ordinal bigint,
  end_ordinal bigint
);

-- grain: one session record; a blank line of the input has nothing but nulls
create table staged_session (
  fault struct(field varchar, reason varchar),
  raw varchar,
  contradicts_itself boolean,
  session_id varchar,
  customer_id varchar,
  conversation_id varchar,
  channel varchar,
  gladly_agent varchar,
  guides_used varchar[],
  created_at timestamptz,
  ended_at timestamptz,
  was_responded_to boolean,
  was_handed_off boolean,
  was_resolved boolean,
  handoff_category varchar,
  handoff_subcategory varchar,
  session_summary varchar,
  handoff_reason varchar,
  transfer_rationale varchar,
  updated_at timestamptz,
  messages struct(sent_at timestamptz, author varchar, "text" varchar)[]
);

-- grain: one message record; a blank line of the input has nothing but nulls,
-- and so has an item of an export that is no message of a session
create table staged_message (
  fault struct(field varchar, reason varchar),
  raw varchar,
  is_other_item boolean,
  session_id varchar,
  message_id varchar,
  sent_at timestamptz,
  author varchar,
  "text" varchar
);

-- grain: one record of a merge; a blank line of the input has nothing but nulls
create table staged_merge (
  fault struct(field varchar, reason varchar),
  raw varchar,
  from_customer_id varchar,
  to_customer_id varchar
);

-- grain: one record that could not be taken apart into cells;
-- staged_before is the ordinal of the staged row that follows it
create table malformed_record (
  source varchar,
  line bigint,
  reason varchar,
  raw varchar,
  staged_before bigint
);

-- grain: one session record without a fault
create view good_session as
select * exclude (fault, raw), rowid as ordinal
from staged_session
where fault is null and session_id is not null;

-- grain: one message record without a fault
create view good_message as
select * exclude (fault, raw, is_other_item), rowid as ordinal
from staged_message
where fault is null and session_id is not null;

-- grain: one merge record that would close a circle; found when all are settled
create table circular_merge (
  ordinal bigint
);

-- grain: one merged customer, as it will be stored
create table settled_merge (
  from_customer_id varchar,
  to_customer_id varchar
);

-- grain: one merge record without a fault
create view good_merge as
select * exclude (fault, raw), rowid as ordinal
from staged_merge
where fault is null
  and from_customer_id is not null
  and rowid not in (select ordinal from circular_merge);

-- grain: one staged row with the place that a person finds it at
create view placed_row as
with
faulty as (
  select rowid as ordinal, fault, raw, contradicts_itself
  from staged_session
  where fault is not null or contradicts_itself
  union all
  select rowid, fault, raw, false
  from staged_message
  where fault is not null
  union all
  select rowid, fault, raw, false
  from staged_merge
  where fault is not null
  union all
  select
    ordinal,
    {field: 'toCustomerId', reason: 'must not close a circle of merges'},
    raw,
    false
  from circular_merge
  inner join staged_merge on staged_merge.rowid = ordinal
)
select
  p.source,
  p.first_line + f.ordinal - p.first_ordinal + (
    select count(*)
    from malformed_record as m
    where m.source = p.source and m.staged_before <= f.ordinal
  ) as line,
  f.fault,
  f.raw,
  f.contradicts_itself
from faulty as f
inner join source_piece as p
  on f.ordinal >= p.first_ordinal and f.ordinal < p.end_ordinal;

-- grain: one record that cannot be ingested
create view rejected_record as
select source, line, fault.field, fault.reason, raw
from placed_row
where fault is not null
union all
select source, line, 'record', reason, raw
from malformed_record;

-- grain: one message that waits for its session; they lie beside the lake's
-- folders until an ingest brings the session; place is its row in the file
set variable pending_files = (
  select list(file)
  from glob(getvariable('lake') || '/pending/messages.parquet')
);

create view pending_message as
from query(
  case when len(getvariable('pending_files')) > 0
  then '
    select
      session_id, message_id, sent_at, author, "text",
      file_row_number as place
    from read_parquet(
      getvariable(''pending_files''), file_row_number = true
    )'
  else '
    select session_id, message_id, sent_at, author, "text", ordinal as place
    from good_message
    where false'
  end
);

-- grain: one customer or one session that was forgotten
set variable forgotten_files = (
  select list(file)
  from glob(getvariable('lake') || '/forgotten/forgotten.parquet')
);

create view forgotten as
from query(
  case when len(getvariable('forgotten_files')) > 0
  then '
    select session_id, customer_sha256, forgotten_at
    from read_parquet(getvariable(''forgotten_files''))'
  else '
    select
      null::varchar as session_id, null::varchar as customer_sha256,
      null::timestamptz as forgotten_at
    where false'
  end
);
