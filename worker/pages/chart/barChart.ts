// A counting report without periods: a line for each row, with a bar for each of its measures.

import { html } from 'hono/html';
import type { Row } from '../../reportRows.ts';
import { count, percent } from '../reports/words.ts';
import { numberIn, sessionsIn } from './cells.ts';
import type { Plan } from './plan.ts';
import { nameHtml, rowName } from './rowName.ts';

/** The table has all. */
const MOST_ROWS = 25;

/** A rate of fewer sessions says little: such rows come last where the lowest rate comes first. */
const FEW_SESSIONS = 10;

const BAR_PX = 16;

interface Measure {
  readonly name: string;
  /** Its class in the style. */
  readonly key: string;
  readonly valueIn: (row: Row) => number | null;
  /** What the whole width stands for. */
  readonly whole: number;
  readonly inWords: (value: number, row: Row) => string;
  readonly hasShare: boolean;
}

function measuresOf(rows: readonly Row[], { rates, share }: Plan): Measure[] {
  const most = Math.max(...rows.map(sessionsIn));
  return [
    ...rates.map(({ key, column, name }) => ({
      key,
      name,
      valueIn: (row: Row) => numberIn(row, column),
      whole: 1,
      inWords: percent,
      hasShare: false,
    })),
    {
      key: 'sessions',
      name: share === undefined ? 'Sessions' : `Sessions, and ${share.toLowerCase()} of all`,
      valueIn: sessionsIn,
      whole: most,
      hasShare: share !== undefined,
      inWords: (value, row) => {
        const part = share === undefined ? null : numberIn(row, share);
        return part === null ? count(value) : `${count(value)}, ${percent(part)}`;
      },
    },
  ];
}

function isFew(row: Row): boolean {
  return sessionsIn(row) < FEW_SESSIONS;
}

/** Without a rate there is nothing to judge by either. */
function worstFirst(rows: readonly Row[], column: string): Row[] {
  const rank = (row: Row) => (isFew(row) ? 2 : 0) + (numberIn(row, column) ?? 1.5);
  return rows.toSorted((one, other) => rank(one) - rank(other));
}

/** A rate without a denominator is none. */
function told(row: Row, { valueIn, inWords }: Measure): string {
  const value = valueIn(row);
  return value === null ? 'none' : inWords(value, row);
}

function bar(row: Row, measure: Measure) {
  const { name, key, valueIn, whole, hasShare } = measure;
  const width = Math.round(((valueIn(row) ?? 0) / whole) * 10_000) / 100;
  return html`<div class="measure"><span class="measure-name quiet">${name}</span><svg class="bar" width="100%" height="${BAR_PX}"><rect class="track" width="100%" height="100%"/><rect class="fill ${key}" width="${width}%" height="100%"/></svg><span class="value${hasShare ? ' with-share' : ''}">${told(row, measure)}</span></div>`;
}

export function barChart(rows: readonly Row[], plan: Plan) {
  const measures = measuresOf(rows, plan);
  const [judged] = plan.isWorstFirst ? plan.rates : [];
  const ordered =
    judged === undefined
      ? rows.toSorted((one, other) => sessionsIn(other) - sessionsIn(one))
      : worstFirst(rows, judged.column);
  const shown = ordered.slice(0, MOST_ROWS);
  const nameOf = (row: Row) => rowName(row, plan.names);
  const first = shown[0];
  const words = first && measures.map((measure) => `${measure.name} ${told(first, measure)}`);
  const order =
    judged === undefined
      ? ''
      : `The lowest ${judged.name.toLowerCase()} first; those with fewer than ${FEW_SESSIONS} sessions come last, since so few say little.`;
  return html`<p class="quiet">${order}${rows.length > shown.length ? ` ${shown.length} of ${count(rows.length)}; the table has all.` : ''}</p>
<p class="visually-hidden" id="words">First: <bdi>${first && nameOf(first).text}</bdi>, ${words?.join(', ')}.</p>
<div class="bars" role="img" aria-labelledby="chart" aria-describedby="words">
<div class="bar-row heads"><span class="bar-name"></span>${measures.map(({ name }) => html`<span class="measure quiet">${name}</span>`)}</div>
${shown.map(
  (
    row,
  ) => html`<div class="bar-row${judged !== undefined && isFew(row) ? ' few' : ''}"><div class="bar-name">${nameHtml(nameOf(row))}</div>${measures.map((measure) => bar(row, measure))}</div>
`,
)}</div>`;
}
