// The files of a Run are held as they were planned: by hard links, or by copies where the spool lies on
// another file system; or the Run is told that the data changed.

import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FileVersion, fileVersion } from '../../analytics/lake/days.ts';
import { DataChanged, type Link, openSnapshots } from '../../analytics/runs/snapshot.ts';
import { replaceFile } from '../e2e/support/damage.ts';

let folder: string;
let held: string;
let planned: FileVersion;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  held = join(folder, 'held');
  const day = join(folder, 'day=2026-07-01');
  await mkdir(day);
  const path = join(day, 'sessions.parquet');
  await writeFile(path, 'as planned');
  const found = await fileVersion(path);
  if (found === undefined) throw new Error(`Cannot find ${path}`);
  planned = found;
});

afterEach(() => rm(folder, { recursive: true }));

const fail = (code: string) => Object.assign(new Error(code), { code });

/** What the system says of a link to another file system, after something else has happened. */
const across =
  (meanwhile: (path: string) => Promise<void> = async () => {}): Link =>
  async (path) => {
    await meanwhile(path);
    throw fail('EXDEV');
  };

async function heldFiles(): Promise<string[]> {
  const entries = await readdir(held, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

describe.each([
  ['by a link', link, true],
  ['by a copy across file systems', across(), false],
] as const)('a file held %s', (_, way, isSame) => {
  test('stays what it was, whatever becomes of it in the lake', async () => {
    const snapshot = await openSnapshots(held, way).take([planned]);
    const path = snapshot.pathOf(planned);
    expect((await stat(path)).ino === (await stat(planned.path)).ino).toBe(isSame);
    await rm(planned.path);
    await writeFile(planned.path, 'something else');
    expect(await readFile(path, 'utf8')).toBe('as planned');
    await snapshot.release();
    expect(await heldFiles()).toEqual([]);
  });

  test('is held once for all who take it, until the last one releases it', async () => {
    const snapshots = openSnapshots(held, way);
    const [one, other] = await Promise.all([snapshots.take([planned]), snapshots.take([planned])]);
    expect(await heldFiles()).toHaveLength(1);
    await one.release();
    expect(await readFile(other.pathOf(planned), 'utf8')).toBe('as planned');
    await other.release();
    expect(await heldFiles()).toEqual([]);
  });

  test('is not held when it is another one than planned, or gone', async () => {
    await replaceFile(planned.path);
    await expect(openSnapshots(held, way).take([planned])).rejects.toThrow(DataChanged);
    await rm(planned.path);
    await expect(openSnapshots(held, way).take([planned])).rejects.toThrow(DataChanged);
    expect(await heldFiles()).toEqual([]);
  });
});

test.each([
  ['replaced', replaceFile],
  ['removed', rm],
])('a file that is %s before it has been copied is not held', async (_, change) => {
  const taken = openSnapshots(held, across(change)).take([planned]);
  await expect(taken).rejects.toThrow(DataChanged);
  expect(await heldFiles()).toEqual([]);
});

test('a file that cannot be linked for another reason is not copied', async () => {
  const taken = openSnapshots(held, async () => Promise.reject(fail('EIO'))).take([planned]);
  await expect(taken).rejects.toThrow('EIO');
  expect(await heldFiles()).toEqual([]);
});
