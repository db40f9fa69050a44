import * as v from 'valibot';
import { expect, test } from 'vitest';
import { CHOICES, Parameters, parseQuery } from '../../sql/contract/parameters.ts';

test('parseQuery sorts filters and drops repeats', () => {
  const parsed = parseQuery(
    'ai-sessions-detail',
    new URLSearchParams('channel=b&channel=a&channel=b'),
  );
  expect(parsed.ok && parsed.value.channel).toEqual(['a', 'b']);
});

const accepts = (name: string, value: string) =>
  v.is(Parameters, { [name]: value }) || v.is(Parameters, { [name]: [value] });

test('CHOICES are the values that the schema takes, and no others', () => {
  const all = Object.values(CHOICES).flat();
  for (const [name, choices] of Object.entries(CHOICES)) {
    expect(new Set(all.filter((value) => accepts(name, value)))).toEqual(new Set(choices));
  }
});
