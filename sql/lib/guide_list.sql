-- Guide names as one cell that can be taken apart again (SPEC 3.1): joined by
-- `, `; a name with a comma or a double quote stands in double quotes.
create or replace macro needs_quotes(guide) as
  contains(guide, ',') or contains(guide, '"');

comment on macro needs_quotes is
  'Whether a guide name stands in quotes in a list of guides';

create or replace macro guide_list(guides) as
  array_to_string(
    list_transform(
      guides,
      lambda guide: case
        when needs_quotes(guide)
        then '"' || replace(guide, '"', '""') || '"'
        else guide
      end
    ),
    ', '
  );

comment on macro guide_list is
  'Guide names as one cell that can be taken apart again';
