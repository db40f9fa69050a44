-- Pseudo-randomness that depends on nothing but (seed, number, purpose), so any
-- part of a sample can be made alone, in any order, on any number of threads.
-- Needs the variable `seed`. Numbers are never negative.

-- Different for every number of one purpose: DuckDB's hash of an integer is a
-- bijection. Hashing the constant first keeps the purposes independent.
create macro hashed(purpose, number) as
  hash(xor(hash(getvariable('seed')::bigint, purpose), number::ubigint));

-- A whole number from 0 up to, but without, the limit.
create macro draw(purpose, number, limit_) as
  (hashed(purpose, number) % limit_::ubigint)::bigint;

-- A number from 0 up to, but without, 1: the upper 53 bits.
create macro share(purpose, number) as
  (hashed(purpose, number) >> 11) / 9007199254740992::double;

-- One of a list's values.
create macro pick(list, purpose, number) as
  list[1 + draw(purpose, number, len(list))];

-- 22 characters of URL-safe base64; unique, because its first half already is.
create macro sample_id(purpose, number) as
  translate(
    to_base64(unhex(format(
      '{:016x}{:016x}',
      hashed(purpose, number),
      hashed(purpose || ', rest', number)
    ))),
    '+/=',
    '-_'
  );
