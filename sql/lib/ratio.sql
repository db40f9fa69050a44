-- a / b with 4 decimals, rounded half up in whole numbers; null without a
-- denominator.
create or replace macro ratio(a, b) as
  case when b > 0 then
    (((20000 * a::hugeint + b) // (2 * b)) / 10000)::decimal(18, 4)
  end;

comment on macro ratio is
  'a / b with 4 decimals, rounded half up; null without a denominator';
