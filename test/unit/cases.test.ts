// The golden cases in test/cases: each folder is one rule of SPEC, as the records of a lake, a Run
// over it, and the bytes that must come out, on every way in. A new case adds no code.

import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { ifMissing } from '../../analytics/lake/ifMissing.ts';
import type { LakeLayout } from '../../analytics/lake/layout.ts';
import { macroBytes, readRun, runBytes } from './support/reportBytes.ts';
import { type LakeRecord, writeLake } from './support/writeLake.ts';

const CASES = fileURLToPath(new URL('../cases/', import.meta.url));

/** All that a case folder may hold: a file under any other name would be left out unnoticed. */
const CASE_FILES = new Set([
  'case.json',
  'expected.csv',
  'sessions.jsonl',
  'messages.jsonl',
  'merges.jsonl',
  'org.json',
  'lake.json',
]);

const Case = v.strictObject({
  /** The rule that the case is there for. */
  why: v.string(),
  /** Another case's folder whose lake this one reads instead of its own. */
  lake: v.optional(v.string()),
  parameters: v.record(v.string(), v.unknown()),
});

const dataDir = await mkdtemp(join(tmpdir(), 'ai-sessions-'));
afterAll(() => rm(dataDir, { recursive: true }));

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(ifMissing(''));
}

async function readJson(file: string): Promise<LakeRecord | undefined> {
  const text = await readText(file);
  return text === '' ? undefined : JSON.parse(text);
}

async function readLines(file: string): Promise<LakeRecord[]> {
  const lines = (await readText(file)).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

const lakes = new Map<string, Promise<LakeLayout>>();

/** The lake of the records in a folder, made once for all cases that read it. */
function lakeOf(folder: string): Promise<LakeLayout> {
  const lake = lakes.get(folder) ?? makeLake(folder, join(dataDir, String(lakes.size)));
  lakes.set(folder, lake);
  return lake;
}

async function makeLake(folder: string, directory: string): Promise<LakeLayout> {
  return writeLake({
    dataDir: directory,
    organisation: 'acme',
    sessions: await readLines(join(folder, 'sessions.jsonl')),
    messages: await readLines(join(folder, 'messages.jsonl')),
    merges: await readLines(join(folder, 'merges.jsonl')),
    settings: await readJson(join(folder, 'org.json')),
    state: await readJson(join(folder, 'lake.json')),
  });
}

const names = (await Array.fromAsync(glob('*/*', { cwd: CASES }))).toSorted();

test('no case folder holds a file that nothing reads', async () => {
  const files = await Array.fromAsync(glob('*/*/*', { cwd: CASES }));
  expect(files.filter((file) => !CASE_FILES.has(basename(file)))).toEqual([]);
});

for (const name of names) {
  const folder = join(CASES, name);
  const { why, lake, parameters } = v.parse(Case, await readJson(join(folder, 'case.json')));
  const run = readRun(dirname(name), parameters);

  describe(`${name}: ${why}`, () => {
    const ways = { 'as a Run': runBytes, 'as a macro in plain DuckDB': macroBytes };
    for (const [way, bytesOf] of Object.entries(ways)) {
      test(way, async () => {
        const layout = await lakeOf(lake === undefined ? folder : join(folder, lake));
        const bytes = await bytesOf(layout, run);
        expect(bytes.toString()).toBe(await readText(join(folder, 'expected.csv')));
      });
    }
  });
}
