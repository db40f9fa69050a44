-- A customer id is merged once, and into an id that is not merged itself.
select
  m.filename,
  null as session_id,
  case
    when m.from_customer_id is null or m.to_customer_id is null
    then 'row ' || m.file_row_number || ' lacks a customer id'
    when m.from_customer_id in (
      select from_customer_id from merge_row
      group by from_customer_id having count(*) > 1
    )
    then 'customer ' || m.from_customer_id || ' is merged twice'
    when m.to_customer_id in (select from_customer_id from merge_row)
    then 'customer ' || m.from_customer_id || ' is merged into '
      || m.to_customer_id || ', which is merged itself'
    when not regexp_full_match(m.from_customer_id, '[A-Za-z0-9_-]{1,64}')
      or not regexp_full_match(m.to_customer_id, '[A-Za-z0-9_-]{1,64}')
    then 'row ' || m.file_row_number
      || ': customer ids must be 1 to 64 of A-Z, a-z, 0-9, _ and -'
  end as detail
from merge_row as m
where detail is not null
