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
  formula_guard := true,
  first_day := null, last_day := null, data_through := null
) as table
with requested as (
  select
    *,
    case split_by
      when 'channel' then channel
      when 'agent' then nullif(gladly_agent, '')
      else
        case when split_by is not null
        then error('split_by is channel or agent') end
    end as part
  from session_periods(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
    session_ids, recontacted, first_day, last_day, data_through,
    bucket, week_start
  )
),
counted as (
  select
    period,
    part,
    count(*) as sessions,
    count(*) filter (where was_responded_to) as responded_to,
    count(*) filter (where outcome = 'resolved') as resolved,
    count(*) filter (where outcome = 'handed_off') as handed_off,
    count(*) filter (where outcome = 'no_response') as no_response,
    count(*) filter (where outcome = 'unresolved') as unresolved,
    count(*) filter (where outcome = 'in_progress') as in_progress,
    count(*) filter (where recontact_status = 'recontacted')
      as with_recontact,
    count(*) filter (where recontact_status = 'not_recontacted')
      as without_recontact,
    count(*) filter (where recontact_status = 'pending') as pending
  from requested
  group by period, part
),
cells as (
  select
    period,
    part,
    period as "Created Date",
    period as "Created Week",
    period as "Created Month",
    period as "Created Quarter",
    period as "Created Year",
    part as "Channel",
    free_text_cell(part, formula_guard) as "Gladly Agent",
    sessions as "Sessions",
    responded_to as "Responded To",
    resolved as "Resolved",
    handed_off as "Handed Off",
    no_response as "No Response",
    unresolved as "Unresolved",
    in_progress as "In Progress",
    ratio(resolved, resolved + handed_off + unresolved) as "Resolution Rate",
    ratio(handed_off, resolved + handed_off + unresolved) as "Handoff Rate",
    with_recontact as "Recontacted",
    without_recontact as "Not Recontacted",
    pending as "Recontact Pending",
    ratio(with_recontact, with_recontact + without_recontact)
      as "Recontact Rate"
  from counted
)
select columns(
  lambda name: shown_in_counts(name, bucket)
    and (name <> 'Channel' or split_by = 'channel')
    and (name <> 'Gladly Agent' or split_by = 'agent')
)
from cells
order by cells.period, cells.part nulls last;
