// A counting report over time: one large plot, or a small one for each name, all on the same scale, so
// that they can be compared.

import { html } from 'hono/html';
import type { Row } from '../../reportRows.ts';
import { count, counted, percent } from '../reports/words.ts';
import { numberIn, sessionsIn } from './cells.ts';
import type { Period } from './periods.ts';
import type { Plan } from './plan.ts';
import { isNamed, nameHtml, nameKey, type RowName, rowName } from './rowName.ts';
import { type Series, swatch } from './series.ts';
import { countPlot, isDense, type Line, ratePlot, timeAxis } from './timePlot.ts';

/** Those with the most sessions; the table has all. */
const MOST_PANELS = 12;

const LARGE_PX = { rates: 240, dense: 110, counts: 56 };
const SMALL_PX = 96;

interface Panel {
  readonly name: RowName;
  readonly lines: readonly Line[];
  /** Of each period. */
  readonly counts: readonly number[];
  readonly sessions: number;
}

function panelOf(rows: readonly Row[], periods: readonly Period[], { names, rates }: Plan): Panel {
  const [first = {}] = rows;
  const [periodColumn = ''] = Object.keys(first);
  const byPeriod = new Map(rows.map((row) => [row[periodColumn], row]));
  const inOrder = periods.map(({ label }) => byPeriod.get(label));
  // Recontacts are known as they happen, their absence a day later: early rates are far too high.
  const valueOf = ({ key, column }: Series, row: Row | undefined, index: number) =>
    key === 'recontact' && periods[index]?.isUnsettled ? null : numberIn(row, column);
  const counts = inOrder.map(sessionsIn);
  return {
    name: rowName(first, names),
    lines: rates.map((series) => ({
      series,
      values: inOrder.map((row, index) => valueOf(series, row, index)),
    })),
    counts,
    sessions: counts.reduce((sum, number) => sum + number, 0),
  };
}

/** The panels of a report, the one with the most sessions first. */
function panelsOf(rows: readonly Row[], periods: readonly Period[], plan: Plan): Panel[] {
  const byName = Map.groupBy(rows, (row) => nameKey(rowName(row, plan.names)));
  return [...byName.values()]
    .map((each) => panelOf(each, periods, plan))
    .toSorted((one, other) => other.sessions - one.sessions);
}

/** The latest value of a line, and the lowest and the highest. */
function inWords({ series, values }: Line, periods: readonly Period[]): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const last = known.at(-1);
  if (last === undefined) return `${series.name}: none`;
  const latest = `${series.name}: ${percent(last.value)} in ${periods[last.index]?.label}`;
  if (known.length === 1) return latest;
  const all = known.map(({ value }) => value);
  return `${latest}, lowest ${percent(Math.min(...all))}, highest ${percent(Math.max(...all))}`;
}

function countsInWords(counts: readonly number[], periods: readonly Period[]): string {
  const most = Math.max(...counts);
  return `At most ${counted(most, 'session')}, in ${periods[counts.indexOf(most)]?.label}`;
}

function largePanel({ lines, counts }: Panel, periods: readonly Period[]) {
  return html`<ul class="legend" id="legend">${lines.map(
    (line) => html`<li>${swatch(line.series)} ${inWords(line, periods)}</li>
`,
  )}</ul>
<div class="large" role="img" aria-labelledby="chart" aria-describedby="legend">
${isDense(periods) ? lines.map((line) => ratePlot([line], periods, LARGE_PX.dense)) : ratePlot(lines, periods, LARGE_PX.rates)}
<p class="quiet">Sessions</p>
${countPlot(counts, periods, Math.max(...counts), LARGE_PX.counts)}
${timeAxis(periods, false)}
</div>`;
}

function smallPanel(
  { name, lines, counts, sessions }: Panel,
  periods: readonly Period[],
  most: number,
  index: number,
) {
  const words =
    lines.length > 0
      ? lines.map((line) => inWords(line, periods)).join('. ')
      : countsInWords(counts, periods);
  return html`<section class="panel">
<h3 id="panel-${index}">${nameHtml(name)}</h3>
<p class="quiet">${counted(sessions, 'session')}</p>
<div role="img" aria-labelledby="panel-${index}" aria-describedby="panel-${index}-words">
${lines.length > 0 ? ratePlot(lines, periods, SMALL_PX) : countPlot(counts, periods, most, SMALL_PX)}
${timeAxis(periods, true)}
</div>
<p class="visually-hidden" id="panel-${index}-words">${words}.</p>
</section>
`;
}

function legend(rates: readonly Series[]) {
  return html`<ul class="legend">${rates.map(
    (series) => html`<li>${swatch(series)} ${series.name}</li>
`,
  )}</ul>`;
}

/** There must be rows, and periods that they belong to. */
export function timeChart(rows: readonly Row[], periods: readonly Period[], plan: Plan) {
  const [first = {}] = rows;
  if (!isNamed(first, plan.names)) return largePanel(panelOf(rows, periods, plan), periods);
  const panels = panelsOf(rows, periods, plan);
  const shown = panels.slice(0, MOST_PANELS);
  const most = Math.max(...shown.flatMap(({ counts }) => counts));
  return html`${plan.rates.length > 0 ? legend(plan.rates) : ''}
${panels.length > shown.length ? html`<p class="quiet">The ${shown.length} with the most sessions of ${count(panels.length)}; the table has all.</p>` : ''}
<div class="panels">
${shown.map((panel, index) => smallPanel(panel, periods, most, index))}</div>`;
}
