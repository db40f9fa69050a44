// Which periods get a label on an axis that has room for so many: months or years where they make
// enough ticks, else every so-manieth period. Works on labels alone.

export interface Tick {
  /** The period's place in the order. */
  readonly index: number;
  readonly text: string;
}

/** Characters of `2026` and `2026-07`, coarsest first. */
const COARSER = [4, 7];

/** What is left of a label with which a month or a year begins. */
const BEGINNING = /^(-01|-Q1)?(-01)?$/;

function thinned(ticks: readonly Tick[], most: number): Tick[] {
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % step === 0);
}

/** Where the beginning of the label is another than before. */
function changes(labels: readonly string[], characters: number): Tick[] {
  const ticks = labels.map((label, index) => ({ index, text: label.slice(0, characters) }));
  return ticks.filter(({ index, text }) =>
    index === 0
      ? BEGINNING.test(labels[0]?.slice(characters) ?? '')
      : text !== ticks[index - 1]?.text,
  );
}

export function ticksOf(labels: readonly string[], most: number): Tick[] {
  const all = labels.map((text, index) => ({ index, text }));
  if (all.length <= most) return all;
  const coarser = COARSER.map((characters) => thinned(changes(labels, characters), most));
  return coarser.find((ticks) => ticks.length >= most / 2) ?? thinned(all, most);
}
