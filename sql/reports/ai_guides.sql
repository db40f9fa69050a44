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
  formula_guard := true, typed := false,
  first_day := null, last_day := null, data_through := null
) as table
with requested as (
  from session_periods(
    from_date, to_date, timezone, channels, agents, guides, outcomes,
    handoff_categories, handoff_subcategories, customer_ids, conversation_ids,
    session_ids, recontacted, first_day, last_day, data_through,
    bucket, week_start, typed
  )
),
used as (
  select
    r.period,
    r.outcome,
    r.recontact_status,
    unnest(list_distinct(r.guides_used)) as guide
  from requested as r
),
counted as (
  select
    u.period,
    u.guide,
    count(*) as sessions,
    count(*) filter (where u.outcome = 'resolved') as resolved,
    count(*) filter (where u.outcome = 'handed_off') as handed_off,
    count(*) filter (where u.outcome = 'unresolved') as unresolved,
    count(*) filter (where u.recontact_status = 'recontacted')
      as with_recontact,
    count(*) filter (where u.recontact_status = 'not_recontacted')
      as without_recontact
  from used as u
  group by u.period, u.guide
),
cells as (
  select
    c.period,
    c.guide as guide_name,
    c.period as "Created Date",
    c.period as "Created Week",
    c.period as "Created Month",
    c.period as "Created Quarter",
    c.period as "Created Year",
    free_text_cell(c.guide, formula_guard) as "Guide",
    c.sessions as "Sessions",
    c.resolved as "Resolved",
    c.handed_off as "Handed Off",
    c.unresolved as "Unresolved",
    ratio(c.resolved, c.resolved + c.handed_off + c.unresolved)
      as "Resolution Rate",
    c.with_recontact as "Recontacted",
    ratio(c.with_recontact, c.with_recontact + c.without_recontact)
      as "Recontact Rate"
  from counted as c
)
select columns(lambda name: shown_in_counts(name, bucket))
from cells
order by cells.period, cells."Sessions" desc, cells.guide_name;

comment on macro table ai_guides is 'Gladly AI Guides: which guide needs work';
