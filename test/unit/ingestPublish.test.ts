// Files of a lake are replaced whole or not at all.

import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPublication } from '../../analytics/lake/publish.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  file = join(folder, 'day', 'rows');
});

afterEach(() => rm(folder, { recursive: true }));

describe('openPublication', () => {
  test('readers see the old file until publish, then the new one, and no draft', async () => {
    await mkdir(join(folder, 'day'));
    await writeFile(file, 'old');
    const publication = openPublication();

    await writeFile(await publication.draft(file), 'new');
    const before = await readFile(file, 'utf8');
    await publication.publish();

    expect([before, await readFile(file, 'utf8')]).toEqual(['old', 'new']);
    expect(await readdir(join(folder, 'day'))).toEqual(['rows']);
  });

  test('replaces the file rather than writing into it, so that an open reader keeps its own', async () => {
    const publication = openPublication();
    await writeFile(await publication.draft(file), 'old');
    await publication.publish();
    const before = await stat(file);
    await writeFile(await publication.draft(file), 'new');
    await publication.publish();

    expect((await stat(file)).ino).not.toBe(before.ino);
  });

  test('discard takes back drafts and the folders made for them, and nothing else', async () => {
    await writeFile(join(folder, 'other'), '');
    const publication = openPublication();
    await writeFile(await publication.draft(file), 'new');

    await publication.discard();

    expect(await readdir(folder)).toEqual(['other']);
  });

  test('withdraw takes the file away at publish, with its folder when that is empty', async () => {
    const first = openPublication();
    await writeFile(await first.draft(file), 'old');
    await first.publish();
    const second = openPublication();
    await writeFile(await second.draft(file), '');
    await second.withdraw(file);
    const before = await readdir(join(folder, 'day'));

    await second.publish();

    expect(before).toEqual(['rows']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a draft that was never written publishes nothing at all', async () => {
    const publication = openPublication();
    await writeFile(await publication.draft(join(folder, 'first')), 'new');
    await publication.draft(file);

    await expect(publication.publish()).rejects.toThrow('ENOENT');
    await publication.discard();

    expect(await readdir(folder)).toEqual([]);
  });
});
