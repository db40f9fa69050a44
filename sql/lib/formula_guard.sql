-- A free-text cell: empty rather than "", and guarded, so that no spreadsheet
-- runs it as a formula (SPEC 3.7).
--
-- Guarded: a tab or CR first; or =, +, -, @ or a full-width form of these first
-- after any space, tab, LF, VT, FF or CR. Text that starts with anything from
-- `A` up to the full-width block needs no closer look: that is most text, and
-- its first bytes tell.
create or replace macro free_text_cell(free_text, guarded) as
  case
    when free_text >= 'A' and free_text < chr(65280) then free_text
    when free_text = '' then null
    when guarded and regexp_matches(
      free_text,
      '^(?:[\t\r]|[ \t\n\v\f\r]*[-=+@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])'
    )
    then '''' || free_text
    else free_text
  end;

comment on macro free_text_cell is
  'A free-text cell: empty rather than "", guarded against formulas';
