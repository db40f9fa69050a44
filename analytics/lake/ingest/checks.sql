-- What a field must be (SPEC 2, 7). A fault is the reason as text, null when
-- there is none; a field that is absent is at fault only where it is required.

create macro fault(field, reason) as
  case when reason is not null then {field: field, reason: reason} end;

create macro missing_fault(value) as
  case when value is null then 'is required' end;

create macro id_fault(id) as
  case when not regexp_full_match(id, '[A-Za-z0-9_-]{1,64}')
    then 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -'
  end;

create macro channel_fault(channel) as
  case when not regexp_full_match(channel, '[A-Z0-9_]{1,40}')
    then 'must be 1 to 40 of A-Z, 0-9 and _'
  end;

create macro author_fault(author) as
  case when author not in ('CUSTOMER', 'GLADLY_AI', 'AGENT', 'SYSTEM')
    then 'must be CUSTOMER, GLADLY_AI, AGENT or SYSTEM'
  end;

-- RFC 3339; null for any other text, and for dates that do not exist.
create macro instant_of(instant) as
  case
    when regexp_full_match(
      instant,
      '\d{4}-\d\d-\d\d[Tt ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?'
        || '(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)'
    )
    then coalesce(
      try_cast(instant as timestamptz), try_cast(upper(instant) as timestamptz)
    )
  end;

-- The years that a report can ask for.
create macro years_fault(instant) as
  case
    when instant < timestamptz '1970-01-01 00:00:00Z'
      or instant >= timestamptz '3000-01-01 00:00:00Z'
    then 'must be between the years 1970 and 2999'
  end;

create macro instant_fault(given, instant) as
  case
    when given is not null and instant is null
    then 'must be an RFC 3339 instant with an offset, like 2026-07-01T09:15:22Z'
    else years_fault(instant)
  end;

create macro distinct_names(names) as
  case
    when len(names) < 2 or len(list_distinct(names)) = len(names) then names
    else list_filter(
      names, lambda name, place: list_position(names, name) = place
    )
  end;

-- The same for a value that json_extract has taken out of a record: its first
-- character tells its type. An empty text says nothing, so it is stored as
-- nothing.

create macro json_text(value) as
  case when starts_with(value, '"') and value <> '""' then value ->> '$' end;

create macro json_text_fault(value) as
  case when not starts_with(value, '"') then 'must be text' end;

create macro json_id_fault(value) as
  case when not regexp_full_match(value, '"[A-Za-z0-9_-]{1,64}"')
    then coalesce(json_text_fault(value), id_fault(value ->> '$'))
  end;

create macro json_flag(value) as
  case value when 'true' then true when 'false' then false end;

create macro json_flag_fault(value) as
  case when value not in ('true', 'false') then 'must be true or false' end;

create macro json_names(value) as
  case when starts_with(value, '[') then
    distinct_names(list_filter(
      from_json(value, '["VARCHAR"]'), lambda name: name <> ''
    ))
  end;

create macro json_names_fault(value) as
  case
    when not starts_with(value, '[') then 'must be a list of names'
    when len(list_filter(
      from_json(value, '["JSON"]'),
      lambda name: name is null or not starts_with(name, '"')
    )) > 0
    then 'must be a list of names'
  end;

-- Half of a surrogate pair, what is left of an emoji that was cut in two, is no
-- character, and Parquet has no place for it: U+FFFD stands in for it.
create macro mended(line) as
  array_to_string(
    list_transform(
      regexp_extract_all(
        line, '(?i)\\ud[89ab]..\\ud[c-f]..|\\u....|\\.?|[^\\]+'
      ),
      lambda part: case
        when regexp_full_match(part, '(?i)\\ud[89a-f]..') then '\ufffd'
        else part
      end
    ),
    ''
  );

create macro is_object(line) as
  starts_with(ltrim(line, E' \t'), '{');

-- The values at the paths of a line of JSON Lines, which is one object; null
-- when it is none. The line reader marks a line that it could not read, and
-- gives the reason (lines.ts).
create macro record_values(line, paths) as
  case when is_object(line) then
    coalesce(
      try(json_extract(line, paths)), try(json_extract(mended(line), paths))
    )
  end;

-- The same for values that all lie in the object itself, at half the cost: a
-- struct of JSON, with null for the JSON null. Other JSON than an object makes
-- a struct without values, so that is looked at where a required one is missing.
create macro record_of(line, shape) as
  coalesce(
    try(json_transform(line, shape)),
    case when is_object(line)
      then try(json_transform(mended(line), shape))
    end
  );

create macro is_record(given, required, line) as
  required is not null or (given is not null and is_object(line));

create macro is_blank(line) as
  line is null or regexp_full_match(line, '[ \t]*');

create macro line_fault(line) as
  case when starts_with(line, chr(1)) then split_part(line, chr(1), 2)
    else 'must be a JSON object on one line'
  end;

create macro line_text(line) as
  case when starts_with(line, chr(1)) then split_part(line, chr(1), 3)
    else line
  end;

-- Values of other formats as JSON, so that the readers of JSON check them.

create macro instant_json(instant) as
  to_json(strftime(timezone('UTC', instant), '%Y-%m-%dT%H:%M:%S.%fZ'));
