import { expect, test } from 'vitest';
import { parseQuery } from '../../sql/contract/parameters.ts';

test('parseQuery sorts filters and drops repeats', () => {
  const parsed = parseQuery(
    'ai-sessions-detail',
    new URLSearchParams('channel=b&channel=a&channel=b'),
  );
  expect(parsed.ok && parsed.value.channel).toEqual(['a', 'b']);
});
