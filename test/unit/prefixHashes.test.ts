import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openPrefixHashes, type PrefixHashes } from '../../analytics/runs/prefixHashes.ts';

let folder: string;
let hashes: PrefixHashes;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
  hashes = openPrefixHashes();
});

afterEach(() => rm(folder, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const nameOf = (id: string, organisation = 'acme') => ({ organisation, id, extension: 'csv' });

async function write(id: string, text: string): Promise<string> {
  const path = join(folder, id);
  await writeFile(path, text);
  return path;
}

async function hashOf(first: string, parts: Record<string, string>, last: string) {
  const hash = hashes(Buffer.from(first));
  for (const [id, text] of Object.entries(parts)) {
    await hash.add(nameOf(id), await write(id, text));
  }
  return hash.end(Buffer.from(last));
}

test('is the hash of first bytes, parts and last bytes', async () => {
  const long = 'row\n'.repeat(1_000_000);
  expect(await hashOf('header\n', { a: long, b: '' }, 'end')).toBe(sha256(`header\n${long}end`));
  expect(await hashOf('', {}, '')).toBe(sha256(''));
});

test('is right for files that begin alike, however they go on', async () => {
  expect(await hashOf('h', { a: '1', b: '2' }, '')).toBe(sha256('h12'));
  expect(await hashOf('h', { a: '1', c: '3', b: '2' }, 'e')).toBe(sha256('h132e'));
  expect(await hashOf('h', { b: '2', a: '1' }, '')).toBe(sha256('h21'));
  expect(await hashOf('H', { a: '1', b: '2' }, '')).toBe(sha256('H12'));
});

test('does not read again what files begin with alike', async () => {
  await hashOf('h', { a: '1', b: '2' }, '');
  const again = hashes(Buffer.from('h'));
  await again.add(nameOf('a'), join(folder, 'gone'));
  await again.add(nameOf('c'), await write('c', '3'));
  expect(again.end(Buffer.from(''))).toBe(sha256('h13'));
});

test('takes no other organisation’s part for its own', async () => {
  await hashOf('h', { a: '1' }, '');
  const other = hashes(Buffer.from('h'));
  await other.add(nameOf('a', 'globex'), await write('a', '9'));
  expect(other.end(Buffer.from(''))).toBe(sha256('h9'));
});
