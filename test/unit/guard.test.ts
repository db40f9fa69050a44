import { expect, test } from 'vitest';
import { explained } from '../../analytics/engine/guard.ts';

test.each([
  ['explain select 1', ' select 1'],
  ['EXPLAIN ANALYZE copy t to x', ' copy t to x'],
  ['\n -- a\n/* b */ explain /* c */ (analyze, format json) select 1', ' select 1'],
  ['explain (select 1)', ' (select 1)'],
])('explained finds the statement in %j', (sql, inner) => {
  expect(explained(sql).trim()).toBe(inner.trim());
});

test('explained leaves any other statement alone, however many blanks and comments come first', () => {
  for (const sql of [
    'select 1',
    'explained',
    `${' \n'.repeat(5000)}${'-- -- --\n'.repeat(500)}select 1`,
  ]) {
    expect(explained(sql)).toBe(sql);
  }
});
