// The spool's limits: the least recently used goes first, and nothing that somebody reads; what does not
// fit in is refused and leaves the rest alone.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpool, type Spool } from '../../analytics/runs/spool.ts';

const LIMITS = { maxBytes: 30, maxAgeMs: 60_000 };
const TEN_BYTES = '0123456789';

let folder: string;
let spool: Spool;
let time = 0;

const open = () => openSpool(folder, { ...LIMITS, now: () => new Date((time += 1)) });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  spool = await open();
});

afterEach(() => rm(folder, { recursive: true }));

const named = (id: string) => ({ organisation: 'acme', id, extension: 'csv' });

async function add(id: string, content = TEN_BYTES) {
  const draft = await spool.draft('acme');
  await writeFile(draft, content);
  return spool.add(draft, named(id), 1);
}

async function parts() {
  const names = await readdir(join(folder, 'acme', 'parts'));
  return names.toSorted().map((name) => name.split('.')[0]);
}

test('what was used least recently goes first', async () => {
  for (const id of ['a', 'b', 'c']) (await add(id)).release();
  spool.hold(named('a'))?.release();
  (await add('d')).release();
  expect(await parts()).toEqual(['a', 'c', 'd']);
  expect(spool.hold(named('b'))).toBeUndefined();
});

test('what somebody reads never goes, however long ago it was used', async () => {
  const read = await add('a');
  const again = read.again();
  for (const id of ['b', 'c', 'd', 'e']) (await add(id)).release();
  read.release();
  read.release(); // twice is once: the other one still reads
  (await add('f')).release();
  time += 2 * LIMITS.maxAgeMs;
  await spool.sweep();
  expect(await parts()).toEqual(['a']);
  await again.remove();
  expect(await parts()).toEqual([]);
});

test('a part is removed by one reader only when no other one reads it', async () => {
  const [one, other] = [await add('a'), spool.hold(named('a'))];
  await one.remove();
  expect(await readFile(other?.path ?? '', 'utf8')).toBe(TEN_BYTES);
});

test('what does not fit in beside what is read is refused, and takes no room', async () => {
  await add('a');
  await add('b');
  await expect(add('c', TEN_BYTES.repeat(2))).rejects.toMatchObject({
    problem: { kind: 'spool-full' },
  });
  await add('d');
  expect(await parts()).toEqual(expect.arrayContaining(['a', 'b', 'd']));
});

test('an earlier process’s parts are there again, within the limit, and its drafts are not', async () => {
  for (const id of ['a', 'b']) (await add(id)).release();
  await writeFile(await spool.draft('acme'), TEN_BYTES);
  spool = await open();
  expect(await parts()).toEqual(['a', 'b']);
  expect(spool.hold(named('a'))).toMatchObject({ rows: 1, bytes: TEN_BYTES.length });
});

test('a part that is there already stays the one that is held', async () => {
  const first = await add('a');
  (await add('a')).release();
  for (const id of ['b', 'c', 'd', 'e']) (await add(id)).release();
  expect(await readFile(first.path, 'utf8')).toBe(TEN_BYTES);
  expect(await parts()).toEqual(['a', 'd', 'e']);
});

test('a part that is shorter than its name says is not taken in', async () => {
  const part = await add('a');
  await writeFile(part.path, 'short');
  expect((await open()).hold(named('a'))).toBeUndefined();
  expect(await parts()).toEqual([]);
});
