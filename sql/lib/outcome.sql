-- How a session came out (SPEC 3.3): the first rule that matches wins, and a
-- flag that is not known counts as false.
create or replace macro session_outcome(
  was_responded_to, was_handed_off, was_resolved, ended_at
) as
  case
    when was_responded_to is not true
      and (was_handed_off is true or ended_at is not null)
    then 'no_response'
    when was_handed_off is true then 'handed_off'
    when was_resolved is true then 'resolved'
    when ended_at is null then 'in_progress'
    else 'unresolved'
  end;

comment on macro session_outcome is
  'no_response, handed_off, resolved, in_progress or unresolved';
