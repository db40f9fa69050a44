-- Gladly AI Guides (SPEC 3.5): which guide needs work. A session with three
-- guides counts once in each; the most used guide first.
--
-- grain: one guide (and one period)
-- parameters: those of ai_sessions (sql/lib); bucket, week_start as in the
-- detail report
create or replace macro ai_guides(
  from_date := null, to_date := null, timezone := null,
  bucket := 'none', week_start := null,
  channels := null, agents := null, guides := null, outcomes := null,
  handoff_categories := null, handoff_subcategories := null,
  customer_ids := null, conversation_ids := null, session_ids := null,
  recontacted := null,
  formula_guard := true,
  first_day := null, last_day := null, data_through := null
) as table
with requested as (
  from session_periods(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
    session_ids, recontacted, first_day, last_day, data_through,
    bucket, week_start
  )
),
used as (
  select
    period,
    outcome,
    recontact_status,
    unnest(list_distinct(guides_used)) as guide
  from requested
),
counted as (
  select
    period,
    guide,
    count(*) as sessions,
    count(*) filter (where outcome = 'resolved') as resolved,
    count(*) filter (where outcome = 'handed_off') as handed_off,
    count(*) filter (where outcome = 'unresolved') as unresolved,
    count(*) filter (where recontact_status = 'recontacted')
      as with_recontact,
    count(*) filter (where recontact_status = 'not_recontacted')
      as without_recontact
  from used
  group by period, guide
),
cells as (
  select
    period,
    guide as guide_name,
    period as "Created Date",
    period as "Created Week",
    period as "Created Month",
    period as "Created Quarter",
    period as "Created Year",
    free_text_cell(guide, formula_guard) as "Guide",
    sessions as "Sessions",
    resolved as "Resolved",
    handed_off as "Handed Off",
    unresolved as "Unresolved",
    ratio(resolved, resolved + handed_off + unresolved) as "Resolution Rate",
    with_recontact as "Recontacted",
    ratio(with_recontact, with_recontact + without_recontact)
      as "Recontact Rate"
  from counted
)
select columns(lambda name: shown_in_counts(name, bucket))
from cells
order by cells.period, cells."Sessions" desc, cells.guide_name;
