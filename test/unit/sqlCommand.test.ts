// `ai-sessions sql` as its users see it: a process with two streams and an exit status, over a sample
// lake. Each format is read back by a reader that is not ours.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromIPC } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { sqlCommand } from '../../analytics/commands/sql.ts';
import { literal } from '../../analytics/engine/open.ts';
import { CommandFailure, UsageError } from '../../analytics/failure.ts';
import { lakeLayout } from '../../analytics/lake/layout.ts';
import { makeSample } from '../../analytics/lake/sample.ts';

let folder: string;
let dataDir: string;
let spool: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  dataDir = join(folder, 'data');
  spool = join(folder, 'spool');
  for (const emitter of [process, process.stdout]) emitter.setMaxListeners(0); // of many commands
  const shape = { sessions: 3000, days: 40, seed: 1, transcripts: true, until: '2026-08-05' };
  await makeSample({ ...shape, layout: lakeLayout(dataDir, 'acme') });
});

afterEach(async () => {
  expect(await readdir(spool).catch(() => [])).toEqual([]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const CLI = 'analytics/cli.ts';

/** Wherever the analyst sits. */
const ENVIRONMENT = { ...process.env, TZ: 'Asia/Kathmandu' };

function atLake(...args: string[]): string[] {
  return [...args, '--data', dataDir, '--spool', spool];
}

function run(args: readonly string[], input = '') {
  const options = { input, env: ENVIRONMENT, maxBuffer: 1e9 };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], options);
  return { status, stdout, stderr: stderr.toString() };
}

function sql(script: string, ...options: string[]) {
  return run(atLake('sql', '-', ...options), script);
}

/** What a script writes that must go well. */
function output(script: string, ...options: string[]): Buffer {
  const { status, stdout, stderr } = sql(script, ...options);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function rows(script: string, ...options: string[]): unknown[] {
  const lines = output(script, '--format', 'jsonl', ...options)
    .toString()
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** The same as a process to watch. */
function start(script: string, format: string) {
  const args = atLake('sql', '-', '--format', format);
  const child = spawn(process.execPath, [CLI, ...args], { env: ENVIRONMENT });
  child.stdin.end(script);
  return { child, stderr: text(child.stderr) };
}

test('a range that is not given is the last 30 full days of the zone', () => {
  const [range] = rows(`
    select
      range_end(null, zone)::varchar as last,
      (timezone(zone, now())::date - 1)::varchar as yesterday,
      (range_end(null, zone) - range_start(null, null, zone)) + 1 as days,
      range_start(null, date '2026-07-31', zone)::varchar as first
    from (values ('Pacific/Kiritimati')) as zones (zone)`) as Record<string, unknown>[];
  expect(range).toMatchObject({ last: range?.['yesterday'], days: 30, first: '2026-07-02' });
});

/** How an Arrow stream says that it is whole. */
const END_OF_STREAM = 'ffffffff00000000';

describe('formats', () => {
  const values = `
    select * from (values
      (
        1, true, -5::tinyint, 9007199254740991, (select sum(i) from range(5) as r(i)),
        12.50::decimal(9, 2), 0.1::double, date '2026-07-01',
        timestamp '2026-07-01 09:15:22.123456', timestamptz '2026-07-01 09:15:22.123456-07',
        interval '1 day', e'a "b", c\\nd; 🙂', '', ['x', null], {a: 1, b: 'y'}
      ),
      (2, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
    ) as t(
      id, flag, small, big, huge, share, ratio, day, at_local, at_utc, gap, words, empty, list, pair
    )
    order by id -- the end`;

  const known = {
    id: 1,
    flag: true,
    small: -5,
    big: 9007199254740991,
    huge: 10,
    share: 12.5,
    ratio: 0.1,
    day: '2026-07-01',
    at_local: '2026-07-01 09:15:22.123456',
    at_utc: '2026-07-01 16:15:22.123456+00',
    gap: '1 day',
    words: 'a "b", c\nd; 🙂',
    empty: '',
    list: ['x', null],
    pair: { a: 1, b: 'y' },
  };
  const unknown = { ...Object.fromEntries(Object.keys(known).map((name) => [name, null])), id: 2 };

  test('sql writes csv whose cells are the values as text, null apart from empty text', () => {
    const cells = parse(output(values, '--format', 'csv'), {
      columns: true,
      cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    });
    const texts = {
      ...known,
      id: '1',
      flag: 'true',
      small: '-5',
      big: '9007199254740991',
      huge: '10',
      share: '12.50',
      ratio: '0.1',
      list: '[x, NULL]',
      pair: "{'a': 1, 'b': y}",
    };
    expect(cells).toEqual([texts, { ...unknown, id: '2' }]);
  });

  test('sql writes jsonl, one object a row', () => {
    expect(rows(values)).toEqual([known, unknown]);
  });

  test('sql writes parquet of the same types and values', async () => {
    const file = join(folder, 'values.parquet');
    await writeFile(file, output(values, '--format', 'parquet'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const written = await connection.runAndReadAll(`from read_parquet(${literal(file)})`);
    const expected = await connection.runAndReadAll(values);
    const exact: Record<string, string> = { HUGEINT: 'DECIMAL(38,0)', INTERVAL: 'VARCHAR' };
    const types = expected.columnTypes().map((type) => exact[String(type)] ?? String(type));
    expect(written.columnTypes().map(String)).toEqual(types);
    const [first, second] = expected.getRowObjectsJson();
    expect(written.getRowObjectsJson()).toEqual([{ ...first, gap: '1 day' }, second]);
    connection.closeSync();
  });

  test('sql writes an arrow stream', () => {
    const [first, second] = tableFromIPC(output(values, '--format', 'arrow')).toArray();
    expect(String(first?.['huge'])).toBe('10');
    expect(first?.['words']).toBe(known.words);
    expect(first?.['list'].toJSON()).toEqual(known.list);
    expect(second?.toJSON()).toEqual(unknown);
  });

  /** Each value, and the text that every format must tell of it. */
  const everyType: readonly [sql: string, shown: string][] = [
    ['sum(9007199254740993)', '9007199254740993'],
    ['(-99999999999999999999999999999999999999)::hugeint', `-${'9'.repeat(38)}`],
    [
      '340282366920938463463374607431768211455::uhugeint',
      '340282366920938463463374607431768211455',
    ],
    ['123456789012345678901234567890::bignum', '123456789012345678901234567890'],
    ['[1::hugeint, null]', '[1, NULL]'],
    ["interval '1 month 2 days 3.000004 seconds'", '1 month 2 days 00:00:03.000004'],
    ["interval '-1 day'", '-1 day'],
    ["timetz '12:00:00+05:30'", '12:00:00+05:30'],
    ["'12:34:56.123456789'::time_ns", '12:34:56.123456789'],
    ["timestamp_s '2026-07-01 09:15:22'", '2026-07-01 09:15:22'],
    ["timestamp_ms '2026-07-01 09:15:22.123'", '2026-07-01 09:15:22.123'],
    ["timestamp_ns '2026-07-01 09:15:22.123456789'", '2026-07-01 09:15:22.123456789'],
    ["timestamptz '2026-07-01 09:15:22.123456-07'", '2026-07-01 16:15:22.123456+00'],
    ["'10101'::bit", '10101'],
    ["'0a0b0c0d-0000-4000-8000-000000000001'::uuid", '0a0b0c0d-0000-4000-8000-000000000001'],
    ["'b'::enum('a', 'b')", 'b'],
    [String.raw`'\xAA\x00'::blob`, String.raw`\xAA\x00`],
    ['union_value(num := 2)::union(num integer, word varchar)', '2'],
    ['1::variant', '1'],
    ["'POINT(1 2)'::geometry", 'POINT (1 2)'],
    ["map {'k': 1::hugeint}", '{k=1}'],
    [
      "{a: [{b: uuid '0a0b0c0d-0000-4000-8000-000000000001'}]}",
      "{'a': [{'b': 0a0b0c0d-0000-4000-8000-000000000001}]}",
    ],
    ["'nan'::double", 'nan'],
    ["'a' || chr(8232) || 'b'", 'a\u2028b'],
  ];
  const written = everyType
    .map(([expression], index) => `(select ${expression}) as c${index}`)
    .join(', ');

  test('sql tells in csv and parquet what every type holds', async () => {
    const texts = everyType.map(([, shown]) => shown);
    const [cells] = parse(output(`select ${written}`, '--format', 'csv'), { from: 2 });
    expect(cells).toEqual(texts);
    const file = join(folder, 'types.parquet');
    await writeFile(file, output(`select ${written}`, '--format', 'parquet'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run("set TimeZone = 'UTC'");
    const read = `select columns(*)::varchar from read_parquet(${literal(file)})`;
    const [row] = (await connection.runAndReadAll(read)).getRows();
    expect(row?.map(String)).toEqual(texts);
    connection.closeSync();
  });

  test('sql tells in arrow and jsonl what every type holds', () => {
    const table = tableFromIPC(output(`select ${written}`, '--format', 'arrow'));
    const types = table.schema.fields.map(({ type }) => String(type));
    const [first] = table.toArray();
    expect(types.slice(0, 7)).toEqual([
      'Decimal[38e0]',
      'Decimal[38e0]',
      'Utf8',
      'Utf8',
      'List<Decimal[38e0]>',
      'Utf8',
      'Utf8',
    ]);
    for (const [index, [, shown]] of everyType.entries()) {
      if (types[index] === 'Utf8') expect(first?.[`c${index}`]).toBe(shown);
    }
    const finite = written.replace("'nan'::double", '0.5::double');
    const [row] = rows(`select ${finite}`) as Record<string, unknown>[];
    expect(row).toMatchObject({
      c10: '2026-07-01 09:15:22.123',
      c20: { k: 1 },
      c23: 'a\u2028b',
    });
  });

  test('sql names the column that holds what its format cannot tell', () => {
    const { status, stdout, stderr } = sql("select 'nan'::double as share", '--format', 'jsonl');
    expect({ status, written: stdout.length }).toEqual({ status: 1, written: 0 });
    expect(stderr).toContain('Cannot write the column "share" as jsonl: its DOUBLE holds');
  });

  test('sql keeps the order of a query whose columns it casts', () => {
    const ordered = 'select i::hugeint as i from range(5000) as r(i) order by hash(i)';
    const csv: string[][] = parse(output(ordered, '--format', 'csv'), { from: 2 });
    const column = tableFromIPC(output(ordered, '--format', 'arrow')).getChild('i');
    expect([...(column ?? [])].map(String)).toEqual(csv.flat());
  });

  test('sql writes a table unless told otherwise', () => {
    const shown = output("select 7 as number, timestamptz '2026-07-01 00:00:00Z' as t");
    expect(shown.toString()).toBe(
      'number  t\n──────  ──────────────────────\n     7  2026-07-01 00:00:00+00\n\n1 row\n',
    );
  });

  test('sql writes the columns of a result without rows', () => {
    const none = 'select 1 as a, true as b where false';
    expect(output(none, '--format', 'csv').toString()).toBe('a,b\n');
    const stream = output(none, '--format', 'arrow');
    expect(tableFromIPC(stream).schema.names).toEqual(['a', 'b']);
    expect(stream.subarray(-8).toString('hex')).toBe(END_OF_STREAM);
  });

  test('sql and run write the same bytes of a report', () => {
    const report = run(
      atLake('run', 'ai-sessions-detail', '--from', '2026-07-01', '--to', '2026-07-31'),
    );
    const query = "from ai_sessions_detail(from_date := '2026-07-01', to_date := '2026-07-31')";
    const csv = output(query, '--format', 'csv');
    expect(csv.length).toBeGreaterThan(100_000);
    expect(csv.equals(report.stdout)).toBe(true);
  });
});

describe('statements and parameters', () => {
  test('sql runs all statements in order and writes the result of the last', () => {
    const script = `
      set variable first = $first::date; -- not; the end
      create temp table days as
        select distinct s.day from sessions as s where s.day >= getvariable('first');
      select count(*) as days, min(d.day) as first from days as d;`;
    expect(rows(script, '--param', 'first=2026-07-10')).toEqual([
      { days: 27, first: '2026-07-10' },
    ]);
  });

  test('sql takes a parameter as text, equals signs and quotes included', () => {
    const script = "select $a as a, typeof($a) as type, $b::integer + 1 as b, 'x=$c' as c";
    const given = ['--param', 'a=it\'s = "x"; 🙂', '--param', 'b=41'];
    expect(rows(script, ...given)).toEqual([
      { a: 'it\'s = "x"; 🙂', type: 'VARCHAR', b: 42, c: 'x=$c' },
    ]);
  });

  test('sql runs what DuckDB makes several statements of', () => {
    const pivot = 'pivot (select s.was_resolved as r from sessions as s) on r using count(*)';
    const [pivoted] = rows(pivot) as Record<string, number>[];
    expect(Object.keys(pivoted ?? {}).toSorted()).toEqual(['false', 'true']);
  });

  test('sql names every parameter that has no value', () => {
    const { status, stdout, stderr } = sql('select 1; select $from, $to', '--param', 'from=x');
    expect({ status, written: stdout.length }).toEqual({ status: 2, written: 0 });
    expect(stderr).toContain(
      'Error: Cannot run the SQL without a value for each of its parameters, $from, $to: add --param to=…\n',
    );
  });

  test('sql names a parameter that nothing asks for, and those that are asked for', () => {
    const given = ['--param', 'from=a', '--param', 'form=b'];
    const { status, stdout, stderr } = sql('set variable x = $from; select 1', ...given);
    expect({ status, written: stdout.length }).toEqual({ status: 2, written: 0 });
    expect(stderr).toContain(
      'Error: Cannot use --param form: the parameters of the SQL are $from\n',
    );
  });

  test.each(['table', 'csv'])('sql --format %s says Done when there is no result', (format) => {
    const { status, stdout, stderr } = sql('set variable x = 1', '--format', format);
    expect({ status, written: stdout.length, stderr }).toEqual({
      status: 0,
      written: 0,
      stderr: 'Done\n',
    });
  });
});

describe('tables and plans', () => {
  test('sql --rows says how many rows a table shows', () => {
    const lines = output('from range(5) as r(i) order by i', '--rows', '2').toString().split('\n');
    expect(lines.slice(2)).toEqual(['0', '1', '', '2 of 5 rows; --format csv writes them all', '']);
  });

  test('sql --explain writes the plan and does not run the last statement', () => {
    const script = "set variable v = 7; select error('it ran'), $a::integer from sessions";
    const plan = output(script, '--explain', '--param', 'a=1').toString();
    expect(plan).toMatch(/^┌─+┐\n[^]*PARQUET/);
  });

  test('sql --explain-analyze runs it and writes what each step took', () => {
    const plan = output('select count(*) from sessions', '--explain-analyze').toString();
    expect(plan).toMatch(/Total Time: \d/);
  });

  test('sql writes an EXPLAIN of the script as its drawing too', () => {
    expect(output('-- why\nexplain select 1').toString()).toMatch(/^┌─+┐\n/);
  });
});

/** Why a script is refused, as `analytics/commands/program.ts` would say it, without a process. */
async function refusal(script: string, ...options: string[]): Promise<CommandFailure> {
  const file = join(folder, 'script.sql');
  await writeFile(file, script);
  const asked = sqlCommand().parseAsync(atLake(file, ...options), { from: 'user' });
  return asked.then(
    () => expect.unreachable('it ran'),
    (error) => error,
  );
}

const lakeFolder = () => join(dataDir, 'acme');

const inLake = (name: string) => literal(join(lakeFolder(), name));

const puttingTogether = () =>
  `from query('from enable_' || 'logging(storage := ''file'', storage_path := ''${lakeFolder()}/log'')')`;

describe('what the SQL may not do', () => {
  let before: string[];

  beforeAll(async () => {
    before = await readdir(lakeFolder());
  });

  // Functions, because the folder is not there yet.
  test.each<[what: string, script: () => string, refused: RegExp]>([
    ['COPY', () => `copy (select 1) to ${inLake('a.csv')}`, /COPY is not permitted/],
    ['COPY over a file', () => `copy sessions to ${inLake('lake.json')}`, /COPY is not permitted/],
    ['COPY elsewhere', () => "copy (select 1) to '/tmp/a.csv'", /Cannot access file/],
    ['to explain it', () => `explain analyze copy (select 1) to ${inLake('b')}`, /COPY is not/],
    [
      'to explain it with options',
      () => `/* a */ explain -- b\n(analyze, format json) copy (select 1) to ${inLake('c.csv')}`,
      /COPY is not permitted/,
    ],
    ['EXPORT', () => `export database ${inLake('dump')}`, /EXPORT is not permitted/],
    ['to explain an EXPORT', () => `explain export database ${inLake('dump')}`, /EXPORT is not/],
    ['ATTACH', () => `attach ${inLake('a.db')} as a`, /ATTACH is not permitted/],
    ['INSTALL', () => 'install httpfs', /LOAD is not permitted/],
    ['PREPARE', () => `prepare p as copy (select 1) to ${inLake('d')}`, /PREPARE is not/],
    ['CALL', () => 'call pragma_version()', /CALL is not permitted/],
    ['a log', () => "from enable_logging(storage := 'file')", /enable_logging is not permitted/],
    ['a log under a name put together', puttingTogether, /enable_logging is not permitted/],
    ['a profile', () => 'from enable_profiling()', /enable_profiling is not permitted/],
    [
      'a secret that stays',
      () => "create persistent secret s (type http, bearer_token 'x')",
      /Permission Error/,
    ],
    ['a setting', () => "set temp_directory = '/tmp'", /configuration has been locked/],
  ])('sql refuses %s, names the line and says what it may do', async (_, script, refused) => {
    const { message, hint } = await refusal(`select 1;\n${script()}`);
    expect(message).toMatch(/^Cannot run \S+script\.sql:[23]/);
    expect(message).toMatch(refused);
    expect(hint).toMatch(/reads its lake and writes nothing but its result|Settings are locked/);
    expect(await readdir(lakeFolder())).toEqual(before);
  });

  test('tables, views and macros of its own are permitted', () => {
    const script = `
      create table t (a integer); insert into t values (1), (2); update t set a = 3 where a = 2;
      create view v as from t; create macro twice(a) as a * 2; begin; delete from t where a = 1;
      commit; analyze; use memory; select twice(a) as b from v`;
    expect(rows(script)).toEqual([{ b: 6 }]);
  });
});

describe('the place of a mistake', () => {
  test.each([
    ['in the second of two on a line', 'select 1; select x', '1:18'],
    ['behind characters of two columns', "select '字字', x", '1:14'],
    ['behind comments', '/* a\n; */ select 1;\n-- b\nselect\n  1,\n  x', '6:3'],
    ['far right', `select '${'a'.repeat(200)}', x`, '1:212'],
    ['by the line of the statement where DuckDB names none', 'select 1;\n\nselect (1', '3'],
  ])('sql names it %s', async (_, script, place) => {
    expect((await refusal(script)).message).toContain(`script.sql:${place}: `);
  });

  test.each(['csv', 'jsonl', 'parquet', 'arrow'])(
    'sql --format %s names it where a value is wrong',
    async (format) => {
      const script = "select 'x'::integer as a from range(3)";
      const { message } = await refusal(script, '--format', format);
      expect(message).toMatch(
        /script\.sql:1:11: [^\n]+\n\nLINE 1: select 'x'::int[^\n]+\n {18}\^$/,
      );
    },
  );

  test('sql says of a command of the DuckDB CLI that it is no SQL', async () => {
    expect((await refusal('.mode csv\nselect 1')).hint).toContain(
      '.mode is a command of the DuckDB CLI',
    );
  });
});

describe('failures', () => {
  const failures: readonly [
    what: string,
    script: string,
    options: string[],
    kind: typeof UsageError | typeof CommandFailure,
    message: RegExp,
  ][] = [
    ['a script of comments', '-- nothing\n;', [], UsageError, /it holds no statement/],
    ['rows of a csv', 'select 1', ['--rows', '5', '--format', 'csv'], UsageError, /not to csv/],
    ['a plan of a csv', 'select 1', ['--explain', '--format', 'csv'], UsageError, /not to csv/],
    ['a parameter without =', 'select 1', ['--param', 'x'], UsageError, /name=value: not "x"/],
    ['an unknown column', 'select 1;\n\nselect x', [], CommandFailure, /LINE 3: select x/],
    ['broken SQL', 'select 1;\nselect from from', [], CommandFailure, /Parser Error[^]*LINE 2/],
    [
      'a value that cannot be cast',
      'select $d::date',
      ['--param', 'd=2026-02-30', '--format', 'csv'],
      CommandFailure,
      /Conversion Error.*2026-02-30/,
    ],
    ['another file', "from read_text('package.json')", [], CommandFailure, /Permission Error/],
    ['a setting', 'set threads = 1', [], CommandFailure, /configuration has been locked/],
    ['a plan as csv', 'explain select 1', ['--format', 'csv'], CommandFailure, /as csv: write it/],
    [
      'a plan as arrow',
      'explain select 1',
      ['--format', 'arrow'],
      CommandFailure,
      /as arrow: write/,
    ],
    [
      'a lake that is not there',
      'select 1',
      ['--org', 'no'],
      CommandFailure,
      /find a lake of "no" in .*: there is acme$/,
    ],
  ];

  test.each(failures)('sql refuses %s', async (_, script, options, kind, message) => {
    const file = join(folder, 'script.sql');
    await writeFile(file, script);
    const refused = sqlCommand().parseAsync(atLake(file, ...options), { from: 'user' });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(kind);
  });

  test('sql refuses a file that is not there', async () => {
    const refused = sqlCommand().parseAsync(['no/such.sql'], { from: 'user' });
    await expect(refused).rejects.toThrow(
      'Cannot read the file "no/such.sql": no such file or directory',
    );
  });

  test('sql shows what DuckDB says and exits with 1', () => {
    const { status, stdout, stderr } = sql("select 'x'::integer");
    expect({ status, written: stdout.length }).toEqual({ status: 1, written: 0 });
    expect(stderr).toMatch(
      /^Error: Cannot run standard input:1:11: Conversion Error: .*\n\nLINE 1: .*\n +\^\n$/,
    );
  });

  test('sql exits with 2 for an unknown format', () => {
    const { status, stderr } = sql('select 1', '--format', 'xml');
    expect(status).toBe(2);
    expect(stderr).toContain('Allowed choices are table, csv, jsonl, parquet, arrow');
  });

  test.each(['table', 'csv', 'arrow'])(
    'sql --format %s fails when a late row does, and writes nothing',
    (format) => {
      const script = `
        select (case when i = 500000 then 'x' else '1' end)::integer from range(600000) as r(i)`;
      const { status, stdout, stderr } = sql(script, '--format', format);
      expect({ status, written: stdout.length }).toEqual({ status: 1, written: 0 });
      expect(stderr).toContain("Could not convert string 'x'");
    },
  );

  test.each(['table', 'csv', 'arrow'])(
    'sql --format %s ends quietly when its reader does',
    async (format) => {
      const { child, stderr } = start('from range(200_000)', format);
      child.stdout.destroy();
      expect(await once(child, 'close')).toEqual([141, null]);
      expect(await stderr).toBe('');
    },
  );

  test('sql fails when interrupted as it writes, and leaves an arrow stream without its end', async () => {
    const { child, stderr } = start('from range(20_000_000)', 'arrow');
    const parts: Buffer[] = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(await stderr).toBe('Error: Cannot finish: interrupted\n');
    expect(Buffer.concat(parts).subarray(-8).toString('hex')).not.toBe(END_OF_STREAM);
  });

  test('sql fails when interrupted as it computes, wherever it is', async () => {
    const { child, stderr } = start(
      'select sum(a.range + b.range) from range(1e7) a, range(1e7) b',
      'csv',
    );
    await vi.waitFor(async () => expect(await readdir(spool)).toHaveLength(1), {
      timeout: 30_000,
      interval: 5,
    });
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([143, null]);
    expect(await stderr).toBe('Error: Cannot finish: interrupted\n');
  });
});
