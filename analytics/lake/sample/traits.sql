-- sample_traits(first_day, last_day): one row per session of those UTC days,
-- with all that is decided about it before it is put into words. The number of
-- a session decides everything: what a row needs to know about an earlier
-- session it works out again, and no row reads another.

create macro coming_back(number) as draw('coming back', number, 1000);

-- A few begin at the same instant as the session before them.
create macro is_twin(number) as coming_back(number) < 3;

-- How many sessions ago the customer was here, at most those of a day; mostly
-- few. 0: this is the beginning of a matter.
create macro steps_back(number) as
  case
    when coming_back(number) >= 170 then 0
    when is_twin(number) then 1
    else 1 + floor(
      share('how soon', number) * share('how very soon', number)
      * getvariable('sessions') / getvariable('days')
    )::bigint
  end;

create macro came_from(number) as
  number - if(steps_back(number) > number, 0, steps_back(number));

create macro channel_of(number) as
  pick(
    ['CHAT', 'CHAT', 'CHAT', 'CHAT', 'CHAT', 'EMAIL', 'EMAIL', 'SMS', 'SMS',
     'VOICE', 'WHATSAPP', pick(
      ['FACEBOOK_MESSENGER', 'INSTAGRAM_DIRECT', 'FACEBOOK_MESSENGER',
       'INSTAGRAM_DIRECT', 'APPLE_MESSAGES', null],
      'rare channel',
      number
    )],
    'channel',
    number
  );

create macro sample_traits(first_day, last_day) as table
with
hours as (
  select
    hour,
    first_number,
    end_number,
    day_before_first_number,
    day_before_end_number
  from sample_hours
  where day between first_day and last_day
),

topics as (
  select topic, name, guides, openers, answers, reasons from sample_topics
),

languages as (
  select language, openers, answers, replies, prompts, agent_replies
  from sample_languages
),

numbered as (
  select
    unnest(range(first_number, end_number)) as number,
    hour,
    first_number,
    day_before_first_number,
    day_before_end_number - day_before_first_number as day_before_sessions
  from hours
),

caused as (
  select
    number,
    hour,
    first_number,
    -- a few begin exactly 24 hours after another one
    case
      when day_before_sessions > 0 and draw('a day later', number, 1000) < 2
        then day_before_first_number
          + draw('a day later than which', number, day_before_sessions)
    end as day_before,
    coalesce(day_before, came_from(number)) as cause
  from numbered
),

-- Three steps back find the beginning of nearly every matter.
traced_once as (
  select *, came_from(cause) as earlier_cause from caused
),

traced as (
  select *, came_from(earlier_cause) as root from traced_once
),

placed as (
  select
    number,
    root,
    hour + to_microseconds(draw(
      'instant',
      case
        when day_before is not null then day_before
        when is_twin(number) and cause >= first_number then cause
        else number
      end,
      3600000000
    )) as created_at,
    -- known from before, or new
    case
      when share('known customer', root) < 0.3
        then floor(share('which customer', root) * root)::bigint
      else root
    end as customer,
    channel_of(if(share('same channel', number) < 0.6, root, number))
      as channel,
    if(share('same matter', number) < 0.8, root, number) as matter,
    draw('outcome', number, 1000) as outcome_draw
  from traced
),

decided as (
  select
    number,
    root,
    created_at,
    customer,
    channel,
    1 + floor(12 * share('topic', matter) * share('its rank', matter))
      as topic,
    if(
      share('foreign', customer) < 0.8,
      'en',
      pick(foreign_languages(), 'language', customer)
    ) as language,
    case
      when outcome_draw < 40 then 'no response, handed off'
      when outcome_draw < 62 then 'no response'
      when outcome_draw < 285 then 'handed off'
      when outcome_draw < 895 then 'resolved'
      else 'unresolved'
    end as end_,
    -- skewed: most are short
    floor(1000 * case channel
      when 'VOICE' then 20 + 600 * share('length', number)
      when 'EMAIL' then 60 + 72000 * pow(share('length', number), 3)
      else 15 + 2400 * pow(share('length', number), 2)
    end)::bigint as active_ms
  from placed
),

ended as (
  select
    *,
    -- what nobody ends closes by itself, two hours after the last message
    created_at + to_milliseconds(active_ms + case
      when end_ in ('handed off', 'no response, handed off') then 0
      when channel = 'VOICE' then 0
      else 7200000
    end) as end_at
  from decided
)

select
  ended.number,
  ended.root,
  ended.customer,
  sample_id('session', ended.number) as session_id,
  ended.created_at,
  ended.active_ms,
  -- what has not ended when the data does is open
  if(end_at < getvariable('data_through'), end_at, null) as ended_at,
  if(end_at < getvariable('data_through'), end_, 'open') as course,
  ended.channel,
  ended.language,
  topics.name as topic,
  topics.guides,
  topics.reasons,
  coalesce(languages.openers, topics.openers) as openers,
  coalesce(languages.answers, topics.answers) as answers,
  languages.replies,
  languages.prompts,
  languages.agent_replies
from ended
inner join topics on ended.topic = topics.topic
inner join languages on ended.language = languages.language;
