-- Why a session was handed off, taken from its summary (SPEC 3.1).

-- The text behind a line that starts with `Handoff reason:`, up to the next
-- blank line; null when there is none. Looking for the label first spares most
-- summaries the pattern.
create or replace macro labelled_handoff_reason(summary) as
  case when contains(lower(summary), 'handoff reason:') then
    nullif(trim(
      regexp_extract(
        summary,
        '(?:^|\n)handoff reason:([^\n]*(?:\n[ \t\r]*[^ \t\r\n][^\n]*)*)',
        1, 'i'
      ),
      E' \t\r\n'
    ), '')
  end;

comment on macro labelled_handoff_reason is
  'The text behind a line that starts with Handoff reason:';

-- The handoff reason: as recorded; else the key of a JSON summary; else the
-- labelled text.
create or replace macro handoff_reason_of(recorded, summary) as
  coalesce(
    nullif(recorded, ''),
    case
      when starts_with(ltrim(summary, E' \t\r\n'), '{')
        and json_valid(summary)
      then list_first(list_filter(
        json_extract_string(summary, ['$.handoffReason', '$.handoff_reason']),
        lambda reason: reason <> ''
      ))
      else labelled_handoff_reason(summary)
    end
  );

comment on macro handoff_reason_of is
  'The handoff reason: as recorded, else taken from the summary';
