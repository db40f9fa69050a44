-- Gladly AI Sessions Summary (SPEC 3.5): how sessions came out, period by
-- period. No Response is left out of the rates, and so is what is not over.
--
-- grain: one period with sessions in it (and one channel or agent)
-- parameters: those of ai_sessions (sql/lib); bucket, week_start as in the
-- detail report; split_by: channel | agent
create or replace macro ai_sessions_summary(
  from_date := null, to_date := null, timezone := null,
  bucket := 'month', week_start := null, split_by := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null,
  formula_guard := true, typed := false,
  first_day := null, last_day := null, data_through := null
) as table
with requested as (
  select
    p.*,
    case split_by
      when 'channel' then p.channel
      when 'agent' then nullif(p.gladly_agent, '')
      else
        case when split_by is not null
        then error('split_by is channel or agent') end
    end as part
  from session_periods(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
    session_ids, recontacted, first_day, last_day, data_through,
    bucket, week_start, typed
  ) as p
),
counted as (
  select
    r.period,
    r.part,
    count(*) as sessions,
    count(*) filter (where r.was_responded_to) as responded_to,
    count(*) filter (where r.outcome = 'resolved') as resolved,
    count(*) filter (where r.outcome = 'handed_off') as handed_off,
    count(*) filter (where r.outcome = 'no_response') as no_response,
    count(*) filter (where r.outcome = 'unresolved') as unresolved,
    count(*) filter (where r.outcome = 'in_progress') as in_progress,
    count(*) filter (where r.recontact_status = 'recontacted')
      as with_recontact,
    count(*) filter (where r.recontact_status = 'not_recontacted')
      as without_recontact,
    count(*) filter (where r.recontact_status = 'pending') as pending
  from requested as r
  group by r.period, r.part
),
cells as (
  select
    c.period,
    c.part,
    c.period as "Created Date",
    c.period as "Created Week",
    c.period as "Created Month",
    c.period as "Created Quarter",
    c.period as "Created Year",
    c.part as "Channel",
    free_text_cell(c.part, formula_guard) as "Gladly Agent",
    c.sessions as "Sessions",
    c.responded_to as "Responded To",
    c.resolved as "Resolved",
    c.handed_off as "Handed Off",
    c.no_response as "No Response",
    c.unresolved as "Unresolved",
    c.in_progress as "In Progress",
    ratio(c.resolved, c.resolved + c.handed_off + c.unresolved)
      as "Resolution Rate",
    ratio(c.handed_off, c.resolved + c.handed_off + c.unresolved)
      as "Handoff Rate",
    c.with_recontact as "Recontacted",
    c.without_recontact as "Not Recontacted",
    c.pending as "Recontact Pending",
    ratio(c.with_recontact, c.with_recontact + c.without_recontact)
      as "Recontact Rate"
  from counted as c
)
select columns(
  lambda name: shown_in_counts(name, bucket)
    and (name <> 'Channel' or split_by = 'channel')
    and (name <> 'Gladly Agent' or split_by = 'agent')
)
from cells
order by cells.period, cells.part nulls last;

comment on macro table ai_sessions_summary is
  'Gladly AI Sessions Summary: how sessions came out, period by period';
