// What can be told of a Run before it is run: which values its filters could have, how large it would
// be, how it begins. Pure data, the same on the service and at the edge.

import * as v from 'valibot';
import type { ParameterName } from './parameters.ts';

/** Filters whose values are looked up in the data; those of the others are known or are ids. */
export const CHOICE_FILTERS = [
  'channel',
  'agent',
  'guide',
  'handoffCategory',
  'handoffSubcategory',
] as const satisfies readonly ParameterName[];

export type ChoiceFilter = (typeof CHOICE_FILTERS)[number];

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

const ChoiceList = v.object({
  /** The most frequent first. */
  values: v.array(v.object({ value: v.string(), sessions: Count })),
  /** Whether there are more than are listed. */
  isCut: v.boolean(),
});

/** The values that sessions of a Run's range have, whatever its filters. */
export const Choices = v.object(
  Object.fromEntries(CHOICE_FILTERS.map((filter) => [filter, ChoiceList])) as Record<
    ChoiceFilter,
    typeof ChoiceList
  >,
);

export type Choices = v.InferOutput<typeof Choices>;

export const Estimate = v.object({
  /** That match the Run's range and filters. */
  sessions: Count,
  /** True when the number of sessions is a limit: a filter was too slow to look at. */
  isAtMost: v.boolean(),
  /** Of the file, roughly; null where a row is not a session, since such files are small. */
  bytes: v.nullable(Count),
});

export type Estimate = v.InferOutput<typeof Estimate>;

export const PREVIEW_ROWS = 20;

export const Preview = v.object({
  columns: v.array(v.string()),
  /** The first rows, cells as in the CSV without its guard and quotes, cut where they are long; an empty cell is empty text. */
  rows: v.array(v.array(v.string())),
});

export type Preview = v.InferOutput<typeof Preview>;

/** Where the service answers a POST of a Run with each of them. */
export const GLANCE_PATHS = {
  choices: '/choices',
  estimate: '/estimate',
  preview: '/preview',
} as const;
