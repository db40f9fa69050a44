// Values over periods as SVG that fits any width without a script: what has a place along the time is
// placed in percent, lines are stretched, and text, marks and strokes keep their size.

import { html } from 'hono/html';
import { count } from '../reports/words.ts';
import type { Period } from './periods.ts';
import { markId, type Series } from './series.ts';
import { type Tick, ticksOf } from './ticks.ts';

/** With more, a line's marks would cover it; a value between two gaps has no line but its mark. */
const MOST_MARKS = 40;

/** With more, lines cross so often that one plot can hold only one, and a thin one. */
const MOST_CLEAR = 200;

export const isDense = (periods: readonly Period[]) => periods.length > MOST_CLEAR;

const MOST_TICKS = { wide: 8, narrow: 3 } as const;

/** Percent at which a rate's plot has a line. */
const LEVELS = [0, 25, 50, 75, 100];
const FEW_LEVELS = [0, 50, 100];
const FEW_LEVELS_PX = 120;

/** So many percent from a side, a label around its place would stick out of the page. */
const EDGE_PERCENT = { wide: 4, narrow: 8 } as const;

const LABEL_PX = 16;

export interface Line {
  readonly series: Series;
  /** A ratio for each period, or null where there is none. */
  readonly values: readonly (number | null)[];
}

const short = (number: number) => String(Math.round(number * 100) / 100);

const share = (index: number, length: number) => `${short((index / length) * 100)}%`;

function bands(periods: readonly Period[]) {
  return periods.map(({ isPartial }, index) =>
    isPartial
      ? html`<rect class="partial" x="${share(index, periods.length)}" width="${share(1, periods.length)}" height="100%"/>`
      : '',
  );
}

/** Breaks off where there is no value; one that is alone is a dot, since ends of lines are round. */
function linePath(values: Line['values']): string {
  const points = values.map((value, index) => {
    if (value === null) return '';
    const begins = values[index - 1] == null;
    const point = `${begins ? 'M' : 'L'}${index + 0.5} ${short(100 - value * 100)}`;
    return begins && values[index + 1] == null ? `${point}h0` : point;
  });
  return points.join('');
}

function marks({ series, values }: Line, height: number) {
  if (values.length > MOST_CLEAR) return '';
  return values.map((value, index) => {
    const isAlone = values[index - 1] == null && values[index + 1] == null;
    if (value === null || (values.length > MOST_MARKS && !isAlone)) return '';
    const x = share(index + 0.5, values.length);
    return html`<use href="#${markId(series)}" x="${x}" y="${short((1 - value) * height)}"/>`;
  });
}

/** Where the labels of the lines' ends go, so that none covers another; lines without a value have none. */
function endLabels(lines: readonly Line[], height: number) {
  const ends = lines
    .flatMap(({ series, values }) => {
      const last = values.findLast((value) => value !== null);
      return last == null ? [] : [{ series, y: (1 - last) * height }];
    })
    .toSorted((one, other) => one.y - other.y);
  const lowest = height - LABEL_PX * (ends.length - 1);
  let free = 0;
  return ends.map(({ series, y }, index) => {
    free = Math.min(Math.max(y, free), lowest + LABEL_PX * index);
    const label = html`<text class="end ${series.key}" x="100%" y="${short(free)}" dx="6" dy="0.35em">${series.shortName}</text>`;
    free += LABEL_PX;
    return label;
  });
}

/** Rates from 0 to 100%, one line each. */
export function ratePlot(lines: readonly Line[], periods: readonly Period[], height: number) {
  const at = (level: number) => short((1 - level / 100) * height);
  const shown = height < FEW_LEVELS_PX ? FEW_LEVELS : LEVELS;
  const levels = shown.map(
    (level) => html`<line class="level" x2="100%" y1="${at(level)}" y2="${at(level)}"/>`,
  );
  const scale = shown.map(
    (level) => html`<text class="scale" y="${at(level)}" dy="-0.3em">${level}%</text>`,
  );
  const paths = lines.map(
    ({ series, values }) =>
      html`<path class="line ${series.key}${isDense(periods) ? ' dense' : ''}" d="${linePath(values)}"/>`,
  );
  return html`<svg class="plot" width="100%" height="${height}">${bands(periods)}${levels}<svg viewBox="0 0 ${periods.length} 100" preserveAspectRatio="none" width="100%" height="${height}" overflow="visible">${paths}</svg>${lines.map((line) => marks(line, height))}${scale}${endLabels(lines, height)}</svg>`;
}

/** Counts as columns up to `most`. */
export function countPlot(
  counts: readonly number[],
  periods: readonly Period[],
  most: number,
  height: number,
) {
  const gap = isDense(periods) ? 0 : 0.15;
  const columns = counts.map((each, index) => {
    const part = short((each / most) * 100);
    return each === 0 ? '' : `M${short(index + gap)} 100v-${part}h${1 - 2 * gap}v${part}z`;
  });
  return html`<svg class="plot" width="100%" height="${height}">${bands(periods)}<line class="level" x2="100%" y1="0" y2="0"/><svg viewBox="0 0 ${periods.length} 100" preserveAspectRatio="none" width="100%" height="${height}"><path class="column" d="${columns.join('')}"/></svg><line class="level" x2="100%" y1="${height}" y2="${height}"/><text class="scale" dy="-0.3em">${count(most)}</text></svg>`;
}

function axisLabels(
  ticks: readonly Tick[],
  length: number,
  room: keyof typeof MOST_TICKS,
  shown: string = room,
) {
  const edge = EDGE_PERCENT[room];
  return ticks.map(({ index, text }) => {
    const place = ((index + 0.5) / length) * 100;
    const side = place < edge ? 'first' : place > 100 - edge ? 'last' : '';
    return html`<text class="tick ${shown} ${side}" x="${short(place)}%" y="14">${text}</text>`;
  });
}

/** The periods' labels, as many as there is room for; `isSmall` where it is never wide. */
export function timeAxis(periods: readonly Period[], isSmall: boolean) {
  const labels = periods.map(({ label }) => label);
  const narrow = ticksOf(labels, MOST_TICKS.narrow);
  return html`<svg class="plot" width="100%" height="20">${
    isSmall
      ? axisLabels(narrow, labels.length, 'narrow', 'always')
      : [
          axisLabels(ticksOf(labels, MOST_TICKS.wide), labels.length, 'wide'),
          axisLabels(narrow, labels.length, 'narrow'),
        ]
  }</svg>`;
}
