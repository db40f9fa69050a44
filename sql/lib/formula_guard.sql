-- Keeps a spreadsheet from running free text as a formula (SPEC 3.7).
--
-- Guarded: a tab or CR first; or =, +, -, @ or a full-width form of these first
-- after any space, tab, LF, VT, FF or CR. Text that starts with anything from
-- `A` up to the full-width block needs no closer look: most text, compared by
-- its first bytes.
create or replace macro formula_guard(free_text, guarded) as
  case
    when not guarded or free_text between 'A' and chr(65280) then free_text
    when regexp_matches(
      free_text,
      '^(?:[\t\r]|[ \t\n\v\f\r]*[-=+@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])'
    )
    then '''' || free_text
    else free_text
  end;

-- A free-text cell: guarded, and empty rather than "".
create or replace macro free_text_cell(free_text, guarded) as
  formula_guard(nullif(free_text, ''), guarded);
