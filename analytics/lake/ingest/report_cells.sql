-- The cells of a report's own CSV taken back into values: the inverse of the
-- cells in sql/lib. An empty cell is null.

create macro unguarded(cell) as
  case
    when starts_with(cell, '''') and free_text_cell(cell[2:], true) <> cell[2:]
    then cell[2:]
    else cell
  end;

create macro flag_cell(cell) as
  case lower(cell) when 'true' then true when 'false' then false end;

create macro flag_cell_fault(cell) as
  case when lower(cell) not in ('true', 'false')
    then 'must be true, false or empty'
  end;

-- Names as guide_list joins them; a list that it cannot have made is split at
-- its commas.
create macro quoted_names(cell) as
  list_transform(
    regexp_extract_all(cell, '(?:^|, )("(?:[^"]|"")*"|[^,"]*)', 1),
    lambda name: case
      when starts_with(name, '"') then replace(name[2:-2], '""', '"')
      else name
    end
  );

create macro guide_names(cell) as
  distinct_names(
    case
      when guide_list(quoted_names(cell)) = cell then quoted_names(cell)
      else string_split(cell, ', ')
    end
  );

-- A local time, or one with an offset as in `dates=iso`. A local time that
-- comes twice is the earlier instant; one that the clocks skip is as much later
-- as they skip. DuckDB's own reading may be the later of the two: where the
-- clocks were changed within 24 hours before, the offset of then is tried.
create macro instant_at_offset_of(local_time, zone, reference) as
  timezone('UTC', local_time) - utc_offset(zone, reference);

create macro earlier_instant(local_time, zone, instant) as
  case
    when timezone(zone, instant - interval 24 hours)
      = local_time - interval 24 hours
    then instant
    when timezone(zone, instant_at_offset_of(
      local_time, zone, instant - interval 24 hours
    )) = local_time
    then instant_at_offset_of(local_time, zone, instant - interval 24 hours)
    else instant
  end;

create macro report_time(cell, zone) as
  case
    when regexp_full_match(cell, '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d') then
      earlier_instant(
        try_cast(cell as timestamp),
        zone,
        timezone(zone, try_cast(cell as timestamp))
      )
    else instant_of(cell)
  end;

create macro report_time_fault(instant) as
  case when instant is null
    then 'must have times like 2026-07-01 09:15:22'
    else years_fault(instant)
  end;

-- One message of a history: a line, and the lines behind it that are indented.
create macro history_pattern() as
  '(?:^|\n)\[([^\]\n]*)\] (Customer|Gladly AI): ((?:[^\n]|\n  )*)';

create macro history_lines(history) as
  regexp_extract_all(history, history_pattern());

create macro history_line(line) as
  regexp_extract(line, history_pattern(), ['sent_at', 'author', 'text']);

-- False when something of it is left over.
create macro is_history(history, lines) as
  array_to_string(lines, '') = history;

-- Cells of a CSV file of records as JSON; a list is as in the report, or JSON.

create macro csv_text(cell) as to_json(cell);

create macro csv_flag(cell) as
  case when lower(cell) in ('true', 'false') then lower(cell)::json
    else to_json(cell)
  end;

create macro csv_names(cell) as
  case when starts_with(cell, '[') and json_valid(cell) then cell::json
    else to_json(guide_names(cell))
  end;
