// Merged customers: chains are flattened, circles refused (SPEC 2, 7).

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkLake } from '../../analytics/lake/check.ts';
import { jsonLines, openTestLake, query, type TestLake } from './support/ingestInto.ts';

let lake: TestLake;

beforeEach(async () => {
  lake = await openTestLake();
});

afterEach(() => lake.remove());

const NAMES = 'abcdefghijklm';

/** `a>b c>d`: a was merged into b, c into d. */
function merges(text: string): string {
  const pairs = text.split(' ').map((pair) => pair.split('>'));
  return jsonLines(
    ...pairs.map(([fromCustomerId, toCustomerId]) => ({ fromCustomerId, toCustomerId })),
  );
}

async function stored() {
  const rows = await query(`
    select string_agg(from_customer_id || '>' || to_customer_id, ' ') as pairs
    from read_parquet('${lake.layout.mergesFile}')`);
  return rows[0]?.['pairs'];
}

describe('ingest merges', () => {
  test.each<[what: string, inputs: string[], expected: string]>([
    ['a chain', ['a>b b>c c>d'], 'a>d b>d c>d'],
    ['a chain backwards', ['c>d b>c a>b'], 'a>d b>d c>d'],
    ['a chain over several runs', ['c>d', 'a>b', 'b>c'], 'a>d b>d c>d'],
    ['two into one', ['a>c b>c'], 'a>c b>c'],
    ['the later of two in one file', ['a>b a>c'], 'a>c'],
    ['the later of two in two files', ['a>b', 'a>c'], 'a>c'],
    ['the same again', ['a>b b>c', 'a>b b>c'], 'a>c b>c'],
    ['all but what closes a circle', ['a>b b>c c>a'], 'a>c b>c'],
    ['all but what closes a circle with the lake', ['a>b', 'b>a'], 'a>b'],
  ])('stores %s', async (_, inputs, expected) => {
    for (const input of inputs) await lake.ingest('merges', [merges(input)]);

    expect(await stored()).toBe(expected);
    expect(
      (await checkLake(lake.layout, new Date())).outcomes.filter(({ count }) => count > 0),
    ).toEqual([]);
  });

  test('accounts for every record', async () => {
    await lake.ingest('merges', [merges('a>b')]);
    const rejectsFile = join(lake.folder, 'rejects.csv');

    const result = await lake.ingest('merges', [`${merges('a>b c>d c>e b>a x>x')}{}\n`], {
      rejectsFile,
    });

    expect(result).toMatchObject({
      read: 6,
      rejected: { count: 3 },
      lake: { merges: { written: 1, unchanged: 1, superseded: 1 }, files: 1 },
    });
    const rejects: Record<string, string>[] = parse(await readFile(rejectsFile), { columns: true });
    expect(rejects.map(({ line, field, reason, record }) => [line, field, reason, record])).toEqual(
      [
        [
          '4',
          'toCustomerId',
          'must not close a circle of merges',
          '{"fromCustomerId":"b","toCustomerId":"a"}',
        ],
        [
          '5',
          'toCustomerId',
          'must be another customer',
          '{"fromCustomerId":"x","toCustomerId":"x"}',
        ],
        ['6', 'fromCustomerId', 'is required', '{}'],
      ],
    );
  });

  test('the same file changes no byte of the lake', async () => {
    await lake.ingest('merges', [merges('a>b b>c')]);
    const before = await lake.hashes();

    const result = await lake.ingest('merges', [merges('a>b b>c')], { now: new Date() });

    expect(result.lake?.merges).toEqual({ written: 0, unchanged: 2, superseded: 0 });
    expect(await lake.hashes()).toEqual(before);
  });

  test('the order of merges without contradiction does not matter', async () => {
    // each customer is merged once, into one with a smaller number: a forest
    const forest = fc
      .integer({ min: 2, max: 12 })
      .chain((size) =>
        fc.tuple(...Array.from({ length: size }, (_, index) => fc.nat({ max: index }))),
      );
    const shuffled = forest.chain((parents) => {
      const pairs = parents.map((parent, index) => `${NAMES[index + 1]}>${NAMES[parent]}`);
      return fc.tuple(
        fc.constant(pairs),
        fc.shuffledSubarray(pairs, { minLength: pairs.length }),
        fc.nat({ max: pairs.length - 1 }),
      );
    });
    const property = fc.asyncProperty(shuffled, async ([pairs, other, cut]) => {
      await lake.ingest('merges', [merges(other.slice(cut).join(' '))]);
      if (cut > 0) await lake.ingest('merges', [merges(other.slice(0, cut).join(' '))]);

      expect(await stored()).toBe(
        pairs
          .map((pair) => `${pair[0]}>a`)
          .toSorted()
          .join(' '),
      );
      await lake.clear();
    });
    await fc.assert(property, { numRuns: 10 });
  });
});
