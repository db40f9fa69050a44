// The shortcuts in sql/lib/local_time.sql, one addition instead of the calendar for every row, and the
// UTC days of a local date, held against DuckDB's own time zones in every zone around every change of
// its clocks; local times against Node's too.
//
// Both need that no zone changes its offset and changes it back within one UTC day. Compared
// hour by hour from 1970 through 2037, the shortest time between two changes of any zone that DuckDB
// 1.5.5 knows is 167 hours (America/Boa_Vista, October 2000).

import { readFile } from 'node:fs/promises';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBValue,
  listValue,
} from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(await readFile('sql/lib/local_time.sql', 'utf8'));
  await connection.run('create temp table zones as select unnest($zones) as zone', {
    zones: await zones(),
  });
  // A zone that changes and changes back between two of these days slips through: a handful do.
  await connection.run(`
    create temp table samples as
    select zone, day, utc_offset(zone, utc_midnight(day)) as utc_offset
    from zones, (select date '1970-01-01' + 10 * n::integer as day from range(2484) as numbers (n));

    create temp table changes as
    with stretches as (
      select *, lead(utc_offset) over (partition by zone order by day) as next_offset from samples
    ),
    days as (
      select zone, day + n::integer as day from stretches, range(10) as numbers (n)
      where utc_offset <> next_offset
    )
    select * from days
    where utc_offset(zone, utc_midnight(day)) <> utc_offset(zone, utc_midnight(day + 1));
  `);
  const [counted] = await rows('select count(*)::integer from changes');
  expect(counted?.[0]).toBeGreaterThan(20_000);
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

async function rows(sql: string, values: Record<string, DuckDBValue> = {}) {
  return (await connection.runAndReadAll(sql, values)).getRowsJS();
}

function nameInNode(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // Intl's only way to say no
  }
}

/** All zones that DuckDB knows; of several names for one zone, one. */
async function zones(): Promise<DuckDBValue> {
  const names = (await rows('select name from pg_timezone_names() order by name')).map(String);
  return listValue([...new Map(names.map((name) => [nameInNode(name) ?? name, name])).values()]);
}

test('local_time equals timezone() in every zone around every change of its clocks', async () => {
  const differing = await rows(
    `select zone, instant::varchar
     from (
       select zone, utc_midnight(day) + to_microseconds(us) as instant
       from changes, unnest([-1, 0, 43200e6, 86400e6 - 1]::bigint[]) as n (us)
     )
     where local_time(zone, instant::date, instant) is distinct from timezone(zone, instant)`,
  );
  expect(differing).toEqual([]);
});

test('local_time equals timezone() in every zone at instants drawn at random', async () => {
  const differing = await rows(
    `select zone, instant::varchar
     from (
       select zone, make_timestamptz((hash(zone, n) % 2145916800000000)::bigint) as instant
       from zones, range(200) as numbers (n)
     )
     where local_time(zone, instant::date, instant) is distinct from timezone(zone, instant)`,
  );
  expect(differing).toEqual([]);
});

test('the UTC days of a local date hold every instant of it, in every zone around every change', async () => {
  // The ends of UTC days near the change, and every half hour next to them.
  const outside = await rows(
    `select zone, instant::varchar
     from (
       select zone, instant, instant::date as day, timezone(zone, instant)::date as local_date
       from (
         select
           zone,
           utc_midnight(day + n::integer)
             + to_minutes(30 * half_hours) - to_microseconds(us) as instant
         from changes,
           range(-1, 3) as d (n), range(-1, 2) as h (half_hours), range(2) as u (us)
       )
     )
     where day not between first_utc_day(local_date, zone) and last_utc_day(local_date, zone)`,
  );
  expect(outside).toEqual([]);
});

test('where clocks do not change, a local date has no other UTC days', async () => {
  const differing = await rows(
    `select zone, day::varchar
     from samples tablesample 2% (bernoulli, 1)
     where utc_offset(zone, utc_midnight(day - 1)) = utc_offset(zone, utc_midnight(day + 2))
       and (
         first_utc_day(day, zone) <> timezone(zone, day::timestamp)::date
         or last_utc_day(day, zone)
           <> (timezone(zone, (day + 1)::timestamp) - interval 1 microsecond)::date
       )`,
  );
  expect(differing).toEqual([]);
});

/** Ahead and behind, half and quarter hours, changes at midnight and of half an hour, days left out. */
const ZONES = [
  'UTC',
  'America/Los_Angeles',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'America/Havana',
  'Europe/Berlin',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Etc/GMT+12',
];

test('local_time equals what Node says', async () => {
  const instant = fc.date({
    min: new Date('1975-01-01'),
    max: new Date('2026-12-31'),
    noInvalidDate: true,
  });
  const run = fc.asyncProperty(
    fc.constantFrom(...ZONES),
    fc.array(instant, { minLength: 50, maxLength: 50 }),
    async (zone, instants) => {
      // The Swedes write dates as ISO 8601 does.
      const format = new Intl.DateTimeFormat('sv-SE', {
        timeZone: zone,
        dateStyle: 'short',
        timeStyle: 'medium',
      });
      const found = await rows(
        `select strftime(local_time($zone, instant::date, instant), '%Y-%m-%d %H:%M:%S')
         from (select unnest($instants)::timestamptz as instant)`,
        { zone, instants: listValue(instants.map((each) => each.toISOString())) },
      );
      expect(found).toEqual(instants.map((each) => [format.format(each)]));
    },
  );
  await fc.assert(run);
});

test('DuckDB knows every zone that Node knows', async () => {
  const known = new Set((await rows('select name from pg_timezone_names()')).map(String));
  expect(Intl.supportedValuesOf('timeZone').filter((zone) => !known.has(zone))).toEqual([]);
});
