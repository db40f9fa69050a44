// Numbers of repetitions as one number with its spread. Pure.

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Of at least one number. */
export function summarise(numbers: readonly number[]): Summary {
  if (numbers.length === 0) throw new RangeError('Cannot summarise nothing');
  const sorted = numbers.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return { median: (at(lower) + at(upper)) / 2, min: at(0), max: at(sorted.length - 1) };
}
