-- Gladly AI Handoff Reasons (SPEC 3.5): why sessions were handed off, most
-- frequent first. Share is of the handed-off sessions in the whole request.
--
-- grain: one category and subcategory (and one period)
-- parameters: those of ai_sessions (sql/lib); bucket, week_start as in the
-- detail report
create or replace macro ai_handoff_reasons(
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
handed_off as (
  select
    period,
    nullif(handoff_category, '') as category,
    nullif(handoff_subcategory, '') as subcategory,
    outcome
  from requested
  where was_handed_off
),
counted as (
  select
    h.period,
    h.category,
    h.subcategory,
    count(*) as sessions,
    count(*) filter (where h.outcome = 'no_response') as no_response
  from handed_off as h
  group by h.period, h.category, h.subcategory
),
cells as (
  select
    c.period,
    c.category,
    c.subcategory,
    c.period as "Created Date",
    c.period as "Created Week",
    c.period as "Created Month",
    c.period as "Created Quarter",
    c.period as "Created Year",
    free_text_cell(c.category, formula_guard) as "Handoff Category",
    free_text_cell(c.subcategory, formula_guard) as "Handoff Subcategory",
    c.sessions as "Sessions",
    ratio(c.sessions, sum(c.sessions) over ()) as "Share",
    c.no_response as "No Response"
  from counted as c
)
select columns(lambda name: shown_in_counts(name, bucket))
from cells
order by
  cells.period,
  cells."Sessions" desc,
  cells.category nulls last,
  cells.subcategory nulls last;

comment on macro table ai_handoff_reasons is
  'Gladly AI Handoff Reasons: why sessions are handed off';
