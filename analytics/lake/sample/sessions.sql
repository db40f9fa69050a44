-- sample_sessions(first_day, last_day): one row per session of those UTC days,
-- in the lake's columns.
create macro sample_sessions(first_day, last_day) as table
with
traits as (
  select
    number,
    root,
    customer,
    session_id,
    created_at,
    active_ms,
    ended_at,
    course,
    channel,
    language,
    topic,
    guides,
    reasons
  from sample_traits(first_day, last_day)
),

-- Of each flag a few are not known, and of an open session's flags many.
flagged as (
  select
    *,
    case
      when draw('unknown flag', number, 1000) < 8 then null
      when course = 'open' then
        [null, false, true, true, true][1 + draw('responded to', number, 5)]
      else course not in ('no response', 'no response, handed off')
    end as was_responded_to,
    case
      when draw('unknown flag', number, 1000) between 8 and 15 then null
      when course = 'open' then draw('handed off', number, 10) = 0
      else course in ('handed off', 'no response, handed off')
    end as was_handed_off,
    case
      when draw('unknown flag', number, 1000) between 16 and 23 then null
      when course = 'open' then
        if(draw('resolved', number, 2) = 0, null, false)
      else course = 'resolved'
    end as was_resolved
  from traits
),

categorised as (
  select
    *,
    case
      when was_handed_off then
        pick(handoff_categories(), 'category', number)
    end as handoff_category
  from flagged
),

explained as (
  select
    *,
    case handoff_category
      when 'handoff_qc' then
        pick(qc_subcategories(), 'subcategory', number)
      when 'handoff_transfer_detector' then
        pick(transfer_subcategories(), 'subcategory', number)
      when 'handoff_manual' then
        pick(manual_subcategories(), 'subcategory', number)
    end as handoff_subcategory,
    case
      when was_handed_off is not true then null
      when share('rough reason', number) < 0.06 then
        pick(rough_texts(), 'which rough reason', number)
      else pick(reasons, 'reason', number)
    end as reason,
    case
      when handoff_category is null then null
      when share('rough rationale', number) < 0.04 then
        pick(rough_texts(), 'which rough rationale', number)
      when handoff_category = 'handoff_transfer_detector'
        or share('rationale', number) < 0.2 then
        filled(pick(rationales(), 'which rationale', number), number)
    end as rationale
  from categorised
),

summarised as (
  select
    *,
    format(
      '{:s} about {:s}: {:s}.',
      if(root = number, 'The customer wrote', 'The customer came back'),
      topic,
      case course
        when 'resolved' then 'answered, nothing left open'
        when 'unresolved' then 'left without an answer'
        when 'no response' then 'left before the first answer'
        else 'a person is needed'
      end
    ) as summary,
    if(draw('line break', number, 8) = 0, E'\r\n', E'\n') as line_break,
    draw('form of the summary', number, 20) as form
  from explained
)

select
  session_id,
  case
    when share('anonymous', root) < 0.06 then null
    -- before their merge, some customers were two
    when share('merged', customer) < 0.03 and share('old id', number) < 0.5
      then sample_id('old customer', customer)
    else sample_id('customer', customer)
  end as customer_id,
  case
    when share('no conversation', number) < 0.03 then null
    when share('same conversation', number) < 0.85
      then sample_id('conversation', root)
    else sample_id('another conversation', number)
  end as conversation_id,
  channel,
  case
    when share('no agent', number) < 0.02 then null
    when channel = 'VOICE' then 'Voice Assistant'
    when language = 'fr' then 'Service client, France'
    when language = 'ja' then 'サポート'
    else pick(agent_names(), 'agent', number)
  end as gladly_agent,
  case draw('guides', number, 12)
    when 0 then null
    when 1 then []
    when 2 then guides
    when 3 then list_reverse(guides)
    when 4 then guides[1:2]
    else [pick(guides, 'guide', number)]
  end as guides_used,
  created_at,
  ended_at,
  was_responded_to,
  was_handed_off,
  was_resolved,
  handoff_category,
  handoff_subcategory,
  case
    when course = 'open' or form < 2 then null
    when form < 8 then json_object(
      'topic', topic, 'summary', summary, 'handoffReason', reason
    )::varchar
    when form < 10 then json_object(
      'summary', summary, 'handoff_reason', reason
    )::varchar
    when form < 17 then concat_ws(
      line_break || line_break,
      'Summary: ' || summary,
      pick(reason_labels(), 'label', number) || reason || if(
        draw('second line', number, 5) = 0, line_break || 'Asked twice.', ''
      ),
      pick(['Sentiment: low', 'Sentiment: high'], 'sentiment', number)
    )
    else summary
  end as session_summary,
  if(share('reason of its own', number) < 0.08, reason, null)
    as handoff_reason,
  rationale as transfer_rationale,
  case
    when share('never updated', number) < 0.005 then null
    else coalesce(
      ended_at,
      least(
        created_at + to_milliseconds(active_ms),
        getvariable('data_through')
      )
    ) + to_milliseconds(draw('delay', number, 1800000))
  end as updated_at
from summarised;
