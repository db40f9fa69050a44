-- Why a session was handed off, taken from its summary (SPEC 3.1).

-- The text behind a line that starts with `Handoff reason:`, up to the next
-- blank line; null when there is none.
create or replace macro labelled_handoff_reason(summary) as
  case when summary ilike '%handoff reason:%' then
    nullif(trim(
      regexp_extract(
        summary,
        '(?:^|\n)handoff reason:(.*?)(?:\r?\n[ \t]*(?:\r?\n|$)|$)',
        1, 'is'
      ),
      E' \t\r\n'
    ), '')
  end;

-- The handoff reason: as recorded; else the key of a JSON summary; else the
-- labelled text.
create or replace macro handoff_reason_of(recorded, summary) as
  coalesce(
    nullif(recorded, ''),
    case
      when starts_with(ltrim(summary, E' \t\r\n'), '{')
        and json_valid(summary)
      then coalesce(
        nullif(summary ->> '$.handoffReason', ''),
        nullif(summary ->> '$.handoff_reason', '')
      )
      else labelled_handoff_reason(summary)
    end
  );
