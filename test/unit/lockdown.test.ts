// What SQL on an organisation's DuckDB instance cannot do, were it injected past everything else
// (DESIGN 3, 7.7): reach a file that is not the organisation's own, or change that.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { literal } from '../../analytics/engine/open.ts';
import { execute } from '../../analytics/engine/statement.ts';
import { type Organisation, openOrganisation } from '../../analytics/lake/organisation.ts';
import { writeLake } from './support/writeLake.ts';

const folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
const acmeDir = join(folder, 'data', 'acme');
const otherDir = join(folder, 'data', 'other');
const spoolDir = join(folder, 'spool');

const sessionsOf = (lake: string) =>
  literal(join(lake, 'sessions', 'day=2026-07-01', 'sessions.parquet'));
const otherSessions = sessionsOf(otherDir);
const otherSettings = literal(join(otherDir, 'org.json'));
const outside = (name: string) => literal(join(folder, name));

let acme: Organisation;

beforeAll(async () => {
  const contents = {
    dataDir: join(folder, 'data'),
    sessions: [{ sessionId: 's1', createdAt: '2026-07-01T09:15:22Z' }],
    settings: { name: 'An organisation' },
  };
  await writeLake({ ...contents, organisation: 'other' });
  await writeLake({ ...contents, organisation: 'acme-2' });
  const layout = await writeLake({ ...contents, organisation: 'acme' });
  await writeFile(join(folder, 'outside.csv'), 'a\n1\n');
  (await DuckDBInstance.create(join(folder, 'outside.db'))).closeSync();
  await mkdir(spoolDir);
  acme = await openOrganisation(layout, {
    spoolDirectory: spoolDir,
    memoryLimit: '500MB',
    maxTempDirectorySize: '1GB',
  });
});

afterAll(async () => {
  await acme.close();
  await rm(folder, { recursive: true });
});

const run = (sql: string) => execute(acme.connections, { setup: '', sql });

const FILE_REFUSED = /Permission Error: Cannot access (file|directory) /;
const LOAD_REFUSED = /^Permission Error: /;
const SETTING_REFUSED = /Cannot change configuration option/;

const REFUSED: Record<string, readonly [reason: RegExp, statements: readonly string[]]> = {
  "reading another organisation's lake": [
    FILE_REFUSED,
    [
      `from read_parquet(${otherSessions})`,
      `from read_parquet(${sessionsOf(`${acmeDir}-2`)})`, // a folder is no mere prefix
      `from read_parquet(${literal(`${acmeDir}/../other/sessions/day=2026-07-01/sessions.parquet`)})`,
      `from read_text(${literal(`${acmeDir}/sessions/../../other/org.json`)})`,
      `from read_text(${literal(`${folder}/data/*/org.json`)})`,
      `from glob(${literal(`${folder}/data/*/org.json`)})`,
      `from read_json(${literal(`file://${otherDir}/org.json`)})`,
      `from parquet_metadata(${otherSessions})`,
      `from query('from read_text(' || ${literal(otherSettings)} || ')')`,
      `set variable session_files = [${otherSessions}]; from sessions`,
      `set variable session_files = [${otherSessions}]; from ai_sessions_detail()`,
    ],
  ],
  'reading any other file': [
    FILE_REFUSED,
    [
      `from ${outside('outside.csv')}`,
      `from read_csv(${outside('outside.csv')})`,
      "from read_text('/etc/passwd')",
      "from read_text('/proc/self/environ')",
      "from read_text('package.json')",
      "from read_csv('http://127.0.0.1:9/a.csv')",
      "from read_parquet('s3://bucket/a.parquet')",
      `attach ${outside('outside.db')} as outside`,
      `import database ${outside('dump')}`,
    ],
  ],
  'writing anywhere else': [
    FILE_REFUSED,
    [
      `copy (select 1) to ${outside('stolen.csv')}`,
      `copy (select 1) to ${literal(join(otherDir, 'stolen.csv'))}`,
      `copy (select 1) to ${literal(`${acmeDir}/../stolen.csv`)}`,
      "copy (select 1) to 'stolen.csv'",
      `export database ${outside('dump')}`,
      `attach ${outside('new.db')} as new_database`,
      "create persistent secret stolen (type http, bearer_token 'x')",
    ],
  ],
  'loading code': [
    LOAD_REFUSED,
    ['install httpfs', 'load httpfs', `load ${outside('code.duckdb_extension')}`],
  ],
  'changing a setting': [
    SETTING_REFUSED,
    [
      'set enable_external_access = true',
      'set lock_configuration = false',
      'reset lock_configuration',
      "set allowed_directories = ['/']",
      "set global allowed_directories = ['/']",
      "set allowed_paths = ['/etc/passwd']",
      "set temp_directory = '/'",
      "set secret_directory = '/'",
      "set file_search_path = '/'",
      `set log_query_path = ${outside('log')}`,
      `pragma profiling_output = ${outside('profile')}`,
      "set memory_limit = '100GB'",
      'set threads = 64',
      "set TimeZone = 'Asia/Tokyo'",
    ],
  ],
};

for (const [attempt, [reason, statements]] of Object.entries(REFUSED)) {
  describe(`an organisation's engine refuses ${attempt}`, () => {
    for (const sql of statements) {
      test(sql.replaceAll(folder, ''), async () => {
        await expect(run(sql)).rejects.toThrow(reason);
      });
    }
  });
}

test("an organisation's engine reads its own lake and writes to the spool", async () => {
  const own = await run(`select session_id from read_parquet(${sessionsOf(acmeDir)})`);
  expect(own.getRowsJS()).toEqual([['s1']]);
  await run(`copy (select 1) to ${literal(join(spoolDir, 'segment.csv'))}`);
  expect(await readdir(spoolDir)).toContain('segment.csv');
});

test('nothing that was refused has left a file', async () => {
  expect((await readdir(folder)).toSorted()).toEqual([
    'data',
    'outside.csv',
    'outside.db',
    'spool',
  ]);
  expect(await readdir(otherDir)).toEqual(['org.json', 'sessions']);
});
