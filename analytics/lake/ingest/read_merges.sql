-- Merge records from lines of JSON (SPEC 7). The record is kept, because whether
-- it closes a circle is seen later.
-- grain: one line of source_row, in its order
with
parsed as (
  select
    line,
    record_values(line, ['$.fromCustomerId', '$.toCustomerId'])
      as values
  from source_row
),

named as (
  select
    line,
    values is not null as is_record,
    nullif(values[1], 'null') as from_customer_id,
    nullif(values[2], 'null') as to_customer_id
  from parsed
),

checked as (
  select
    line,
    json_text(from_customer_id) as from_customer_id,
    json_text(to_customer_id) as to_customer_id,
    case
      when not is_record and is_blank(line) then null
      when not is_record then fault('record', line_fault(line))
      else coalesce(
        fault('fromCustomerId', missing_fault(from_customer_id)),
        fault('fromCustomerId', json_id_fault(from_customer_id)),
        fault('toCustomerId', missing_fault(to_customer_id)),
        fault('toCustomerId', json_id_fault(to_customer_id)),
        fault('toCustomerId', case when to_customer_id = from_customer_id
          then 'must be another customer'
        end)
      )
    end as fault
  from named
)

select
  fault,
  line_text(line) as raw,
  from_customer_id,
  to_customer_id
from checked
