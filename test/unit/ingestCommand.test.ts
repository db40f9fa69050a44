// `ai-sessions ingest` and `ai-sessions check` as their users see them: a process with two streams
// and an exit status.

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
});

afterEach(() => rm(folder, { recursive: true }));

const CLI = join(import.meta.dirname, '../../analytics/cli.ts');

function run(...args: string[]) {
  const env = { ...process.env, AI_SESSIONS_DATA: 'data' };
  const ended = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8', env });
  return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

const GOOD = '{"sessionId":"a","createdAt":"2026-07-01T00:00:00Z","handoffReason":"secret"}';
const BAD = '{"sessionId":"b","createdAt":"secret"}';

describe('ai-sessions ingest', () => {
  test('says what became of every record and where the rejected are, but not what they hold', async () => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n${GOOD}\n${BAD}\n`);

    const ended = run('ingest', 'sessions', 'in.jsonl', '--org', 'acme', '--rejects', 'bad.csv');

    expect(ended).toEqual({
      status: 0,
      stdout: '',
      stderr: `Read 3 records, 1 of them rejected
  in.jsonl line 3: createdAt must be an RFC 3339 instant with an offset, like 2026-07-01T09:15:22Z
The rejected records are in bad.csv
Sessions: 1 written, 0 unchanged, 1 superseded
Files written: 1
`,
    });
    expect(await readFile(join(folder, 'bad.csv'), 'utf8')).toContain('secret');
  });

  test('with --strict fails and writes nothing when anything is bad', async () => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n${BAD}\n`);

    const ended = run('ingest', 'sessions', 'in.jsonl', '--org', 'acme', '--strict');
    const again = run('check', '--org', 'acme');

    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('Wrote nothing: --strict was given');
    expect(again.stderr).toContain('Cannot find a lake in data: the folder holds none');
  });

  test.each([
    [['sessions', 'in.jsonl'], 1, 'Cannot find a lake in data'],
    [['sessions', 'in.jsonl', '--org', '../x'], 2, '--org must be one DNS label'],
    [['sessions', 'missing.jsonl', '--org', 'acme'], 1, 'Cannot ingest missing.jsonl'],
    [['sessions', 'in.xlsx', '--org', 'acme'], 1, 'Cannot ingest in.xlsx: there is no such file'],
    [['gladly-csv', 'in.jsonl', '--org', 'acme'], 2, 'gladly-csv come with the ending .csv'],
    [['topics', 'in.jsonl', '--org', 'acme'], 2, "'topics' is invalid"],
    [['sessions'], 2, 'Name the files to ingest'],
    [['sessions', 'in.jsonl', '--follow', '.'], 2, '--follow goes without files'],
    [['sessions', '--follow', 'missing', '--org', 'acme'], 1, 'Cannot follow missing'],
    [['sessions', '-', '-', '--org', 'acme'], 2, 'Cannot ingest standard input twice'],
    [['sessions', '-', '--format', 'xlsx', '--org', 'acme'], 2, 'sessions come with the ending'],
    [
      ['sessions', 'in.jsonl', '--org', 'acme', '--timezone', 'UTC'],
      2,
      '--timezone belongs to gladly-csv',
    ],
    [
      ['gladly-csv', 'in.csv', '--org', 'acme', '--timezone', 'Mars'],
      2,
      '--timezone must be an IANA',
    ],
    [
      ['sessions', 'in.jsonl', '--org', 'acme', '--data-through', '2026-02-30T00:00:00Z'],
      2,
      '--data-through must be',
    ],
    [
      ['sessions', 'in.jsonl', '--org', 'acme', '--data-through', '2026-07-01'],
      2,
      '--data-through must be',
    ],
  ])('%j ends with %i: %s', async (args, status, message) => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n`);

    const ended = run('ingest', ...args);

    expect(ended.status).toBe(status);
    expect(ended.stderr).toContain(message);
    expect(ended.stdout).toBe('');
  });

  test('without --org takes the only lake there is', async () => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n`);
    run('ingest', 'sessions', 'in.jsonl', '--org', 'acme');

    const ended = run('ingest', 'sessions', 'in.jsonl');

    expect(ended.stderr).toContain('Sessions: 0 written, 1 unchanged, 0 superseded');
  });
});

describe('ai-sessions check', () => {
  test('ends with 0 and a summary for a lake that is right', async () => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n`);
    run('ingest', 'sessions', 'in.jsonl', '--org', 'acme');

    const ended = run('check');

    expect(ended).toMatchObject({ status: 0, stdout: '' });
    expect(ended.stderr).toMatch(/is right: \d+ checks passed\n$/);
  });

  test('ends with 1 and says what is wrong where', async () => {
    await writeFile(join(folder, 'in.jsonl'), `${GOOD}\n`);
    run('ingest', 'sessions', 'in.jsonl', '--org', 'acme');
    await writeFile(join(folder, 'data/acme/sessions/day=2026-07-01/more.parquet'), '');

    const ended = run('check');

    expect(ended.status).toBe(1);
    expect(ended.stdout).toBe(
      'files: sessions/day=2026-07-01/more.parquet: does not belong in a lake\n',
    );
    expect(ended.stderr).toContain('found something');
  });
});
