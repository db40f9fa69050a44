-- sample_merges: one row per customer who was two before a merge. Old ids are
-- never merged into, so there are no chains.
create view sample_merges as
select
  sample_id('old customer', customer) as from_customer_id,
  sample_id('customer', customer) as to_customer_id
from range(getvariable('sessions')) as customers(customer)
where share('merged', customer) < 0.03;
