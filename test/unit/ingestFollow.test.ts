// A drop folder that an export job delivers to.

import { once } from 'node:events';
import { appendFile, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdLock } from '../../analytics/engine/lock.ts';
import { openDropFolder } from '../../analytics/lake/ingest/dropFolder.ts';
import { type FollowRequest, follow, type TakenFile } from '../../analytics/lake/ingest/follow.ts';
import { startProgram } from '../e2e/support/program.ts';
import { jsonLines, justPublish, openTestLake, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;
let drop: string;

beforeEach(async () => {
  lake = await openTestLake();
  drop = join(lake.folder, 'drop');
  await mkdir(drop);
});

afterEach(() => lake.remove());

const session = (sessionId: string) => jsonLines({ sessionId, createdAt: '2026-07-01T00:00:00Z' });

async function deliver(name: string, content: string | Buffer, minute: number): Promise<void> {
  await writeFile(join(drop, name), content);
  await utimes(join(drop, name), 0, minute * 60);
}

async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(join(drop, folder))).toSorted();
}

const SECOND_MS = 1000;

/** Looks into the folder once a second, so many times; before each look something may happen. */
async function* seconds(
  count: number,
  before: Readonly<Record<number, () => unknown>> = {},
): AsyncGenerator<Date> {
  for (let second = 0; second < count; second += 1) {
    await before[second]?.();
    yield new Date(Date.UTC(2026, 7, 1) + second * SECOND_MS);
  }
}

function followInto(moments: AsyncIterable<Date>, request: Partial<FollowRequest> = {}) {
  const all = {
    kind: 'sessions',
    layout: lake.layout,
    strict: false,
    folder: drop,
    aroundRemoval: justPublish,
    ...request,
  } as const;
  return Array.fromAsync(follow(all, moments));
}

const ids = async () => (await lake.sessions()).map((row) => row['session_id']);
const names = (taken: readonly TakenFile[]) => taken.map(({ file }) => file.slice(drop.length + 1));

describe('follow', () => {
  test('takes files as they appear, oldest first, and moves them', async () => {
    const taken = await followInto(
      seconds(8, {
        0: () => deliver('b.jsonl', session('b'), 1),
        1: () => deliver('a.jsonl.gz', gzipSync(session('a')), 2),
        5: () => deliver('b.jsonl', session('c'), 3),
      }),
    );

    expect(names(taken)).toEqual(['done/b.jsonl', 'done/a.jsonl.gz', 'done/b-2.jsonl']);
    expect(await ids()).toEqual(['a', 'b', 'c']);
    expect(await filesIn('.')).toEqual(['done']);
  });

  test('waits for a file that grows, and leaves alone what is none of its own', async () => {
    const grow = () => appendFile(join(drop, 'grows.jsonl'), session('later'));
    await deliver('.hidden.jsonl', session('x'), 1);
    await deliver('_being-written.jsonl', session('x'), 1);
    await deliver('sessions.jsonl.part', session('x'), 1);
    await deliver('grows.jsonl', session('first'), 1);

    const early = await followInto(seconds(4, { 1: grow, 2: grow, 3: grow }));
    const late = await followInto(seconds(3));

    expect(early).toEqual([]);
    expect(names(late)).toEqual(['done/grows.jsonl']);
    expect(await filesIn('.')).toEqual([
      '.hidden.jsonl',
      '_being-written.jsonl',
      'done',
      'sessions.jsonl.part',
    ]);
  });

  test('moves what cannot be taken aside, and rejected records with their file', async () => {
    await deliver('1.jsonl.gz', gzipSync(session('x')).subarray(0, -4), 1);
    await deliver('2.jsonl', `${session('good')}nonsense\n`, 2);
    await deliver('3.jsonl', session('last'), 3);

    const taken = await followInto(seconds(3));

    expect(names(taken)).toEqual(['failed/1.jsonl.gz', 'done/2.jsonl', 'done/3.jsonl']);
    expect(await filesIn('done')).toEqual(['2.jsonl', '2.jsonl.rejects.csv', '3.jsonl']);
    expect(await filesIn('.')).toEqual(['done', 'failed']);
    expect(await ids()).toEqual(['good', 'last']);
  });

  test('with strict a file with a bad record has failed', async () => {
    await deliver('1.jsonl', `${session('good')}nonsense\n`, 1);

    const taken = await followInto(seconds(3), { strict: true });

    expect(names(taken)).toEqual(['failed/1.jsonl']);
    expect(await filesIn('failed')).toEqual(['1.jsonl', '1.jsonl.rejects.csv']);
  });

  test('waits while another writes into the lake', async () => {
    await deliver('1.jsonl', session('a'), 1);
    const lock = await holdLock(lake.layout.lockFile, 'write');

    const taken = await followInto(seconds(6, { 4: () => lock.release() }));

    expect(names(taken)).toEqual(['done/1.jsonl']);
    expect(await ids()).toEqual(['a']);
  });

  test('what is wrong with the lake ends it, and the file stays', async () => {
    await lake.ingest('sessions', [session('a')]);
    await writeFile(lake.layout.sessionsFile('2026-07-01'), 'torn');
    await deliver('1.jsonl', session('b'), 1);

    await expect(followInto(seconds(3))).rejects.toThrow('cannot be read to its end');
    expect(await filesIn('.')).toEqual(['1.jsonl']);
  });
});

test('openDropFolder finds a free name for every file of the same name', async () => {
  const folder = openDropFolder(drop, () => true);
  const moved: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    await deliver('x.jsonl.gz', '', 1);
    moved.push(await folder.moveTo('done', 'x.jsonl.gz'));
  }

  expect(moved.map((path) => path.slice(drop.length))).toEqual([
    '/done/x.jsonl.gz',
    '/done/x-2.jsonl.gz',
    '/done/x-3.jsonl.gz',
  ]);
});

test('ai-sessions ingest --follow runs until it is asked to stop', async () => {
  await deliver('1.jsonl', session('a'), 1);
  const args = ['ingest', 'sessions', '--follow', drop, '--json'];
  const program = startProgram(
    'cli.ts',
    [...args, '--data', join(lake.folder, 'data'), '--org', 'acme'],
    { temp: lake.folder },
  );

  const [said] = await once(program.stdout, 'data');
  program.kill('SIGTERM');
  const [status] = await once(program, 'exit');

  expect(JSON.parse(String(said))).toMatchObject({ kind: 'sessions', read: 1 });
  expect(status).toBe(0);
  expect(await filesIn('done')).toEqual(['1.jsonl']);
});
